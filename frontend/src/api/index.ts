// Requests that many parts make, and those whose path depends on the side; all others are made with typed.ts where they are needed.

import { filterQuery, searchQuery, type Filter, type Kind, type SearchState } from '@/lib/filter'
import { base, request, url } from './client'
import type {
  AnyRecord,
  CodeList,
  Diagnosis,
  DraftRequest,
  Duplicates,
  FacetCounts,
  MatchList,
  SearchResult,
  Stats,
  Suggestions,
  TextMatchRequest,
} from './model'

/** needs or achievements, as paths are written. */
export const plural = (kind: Kind): string => (kind === 'need' ? 'needs' : 'achievements')

export const kindLabel = (kind: Kind): string => (kind === 'need' ? '技术需求' : '科技成果')

export const otherKind = (kind: Kind): Kind => (kind === 'need' ? 'achievement' : 'need')

export const recordPath = (kind: Kind, id: string): string => `/${plural(kind)}/${encodeURIComponent(id)}`

const pageSize = 20
export const matchPageSize = 10

/** Longest text that can be matched, in characters. */
export const maxPaste = 100_000
/** How much of it is read. */
export const maxPasteRead = 8_000

export const search = (s: SearchState, cursor: string, signal: AbortSignal) =>
  request<SearchResult>('/search', {
    query: { ...searchQuery(s), limit: pageSize, cursor, facets: cursor === '' },
    signal,
  })

export const latest = (kind: Kind, limit: number, signal: AbortSignal) =>
  request<SearchResult>('/search', { query: { kind, sort: 'newest', limit }, signal })

export const suggest = (kind: Kind, q: string, signal: AbortSignal) =>
  request<Suggestions>('/suggest', { query: { kind, q, limit: 8 }, signal })

export const facets = (kind: Kind, signal: AbortSignal) =>
  request<FacetCounts>('/facets', { query: { kind }, signal })

export const getRecord = (kind: Kind, id: string, signal: AbortSignal) =>
  request<AnyRecord>(recordPath(kind, id), { signal })

export const similar = (kind: Kind, id: string, signal: AbortSignal) =>
  request<Duplicates>(`${recordPath(kind, id)}/similar`, { query: { limit: 5 }, signal })

/** Matches of a record; whoever may read decisions finds in each what was decided. */
export const matches = (kind: Kind, id: string, filter: Filter, offset: number, signal: AbortSignal) =>
  request<MatchList>(`${recordPath(kind, id)}/matches`, {
    query: { ...filterQuery(filter), limit: matchPageSize, offset },
    signal,
  })

export function matchText(kind: Kind, text: string, filter: Filter, offset: number, signal: AbortSignal) {
  const body: TextMatchRequest = { kind, text, filter: filterBody(filter), limit: matchPageSize, offset }
  return request<MatchList>('/match', { method: 'POST', idempotent: true, body, signal })
}

export function examineDraft(kind: Kind, text: string, signal: AbortSignal) {
  const body: DraftRequest = { kind, text }
  return request<Diagnosis>('/clinic', { method: 'POST', idempotent: true, body, signal })
}

export const examineRecord = (kind: Kind, id: string, signal: AbortSignal) =>
  request<Diagnosis>(`${recordPath(kind, id)}/clinic`, { signal })

/** The filter as the API's JSON has it: years are numbers, empty lists are left out. */
export function filterBody(f: Filter): NonNullable<TextMatchRequest['filter']> {
  const { years, ...rest } = f
  const body: Record<string, unknown> = years.length ? { years: years.map(Number) } : {}
  for (const [name, value] of Object.entries(rest)) {
    if (Array.isArray(value) ? value.length : value) body[name] = value
  }
  return body
}

export const codeList = (name: string) => request<CodeList>(`/codes/${name}`)

export const stats = (signal: AbortSignal) => request<Stats>('/stats', { signal })

export const templateURL = (kind: Kind, format: 'xlsx' | 'csv'): string =>
  `${base}/templates/${kind}.${format}`

/** A file holds records in the order of the store, so an address of one carries no sort. */
export function exportURL(s: SearchState, format: 'xlsx' | 'csv'): string {
  const { kind, ...query } = searchQuery({ ...s, sort: '' })
  return url(`/exports/${kind}.${format}`, query)
}
