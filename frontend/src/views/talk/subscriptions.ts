// What somebody waits for: a search, fields, organisations; to and from the search page's state.

import { filterBody } from '@/api'
import type { Schemas } from '@/api/model'
import type { Codes } from '@/lib/codes'
import { codeListOf } from '@/lib/facets'
import {
  emptyFilter,
  listNames,
  searchQuery,
  trlRange,
  type Filter,
  type Kind,
  type SearchState,
} from '@/lib/filter'

export type Subscription = Schemas['Subscription']
export type SubscriptionInput = Schemas['SubscriptionInput']

export const kindLabels: Record<Subscription['kind'], string> = {
  search: '检索条件',
  field: '技术领域',
  organisation: '单位',
}

export const sideLabels: Record<Kind, string> = { need: '技术需求', achievement: '科技成果' }

/** The filter as the search page has it, with every list there. */
export function filterOf(f: Subscription['filter'] | undefined): Filter {
  const out = emptyFilter()
  for (const name of listNames) out[name] = [...(f?.[name] ?? [])].map(String)
  out.trl_min = f?.trl_min ?? 0
  out.trl_max = f?.trl_max ?? 0
  return out
}

/** Where what the subscription would find now can be seen. */
export function searchOf(s: Subscription): { path: string; query: Record<string, string> } {
  const state: SearchState = { kind: s.side, q: s.text ?? '', sort: 'updated', filter: filterOf(s.filter) }
  return { path: '/search', query: searchQuery(state) }
}

/** What is asked of the server to wait for what the search page shows. */
export function inputOf(state: SearchState, name: string): SubscriptionInput {
  const filter = { ...state.filter, statuses: [] }
  return { kind: 'search', name, side: state.kind, text: state.q || undefined, filter: filterBody(filter) }
}

/** The same subscription as a request: to make it again, or to change it. */
export function again(s: Subscription): SubscriptionInput {
  return {
    version: s.version,
    kind: s.kind,
    name: s.name,
    side: s.side,
    text: s.text,
    filter: filterBody(filterOf(s.filter)),
    active: s.active,
  }
}

/** A name that says what is waited for: "碳化硅 · 盐城市 · 成果". */
export function suggestedName(state: SearchState, codes: Pick<Codes, 'label'>): string {
  const words = [state.q, ...conditions(state.filter, codes)].filter(Boolean).slice(0, 3)
  return [...words, state.kind === 'need' ? '需求' : '成果'].join(' · ').slice(0, 100)
}

/** The conditions in words; organisations, which only the server can name, are counted. */
export function conditions(f: Filter, codes: Pick<Codes, 'label'>): string[] {
  const out: string[] = []
  for (const name of listNames) {
    const list = codeListOf[name]
    if (name === 'statuses' || !f[name].length) continue
    if (name === 'organisations') out.push(`${f[name].length} 家单位`)
    else out.push(f[name].map((c) => (list ? codes.label(list, c) : `${c} 年`)).join('、'))
  }
  const range = trlRange(f.trl_min, f.trl_max)
  return range ? [...out, range] : out
}
