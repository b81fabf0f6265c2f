// What a list is narrowed by, to and from the address bar. The names are those of the API, so an address can be copied
// into a request.

import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export type Kind = 'need' | 'achievement'

export const listNames = [
  'industries',
  'fields',
  'emerging',
  'regions',
  'cooperation',
  'budgets',
  'years',
  'organisations',
  'statuses',
] as const
export type ListName = (typeof listNames)[number]

export type Filter = Record<ListName, string[]> & { trl_min: number; trl_max: number }

export interface SearchState {
  kind: Kind
  q: string
  sort: string
  filter: Filter
}

export const sorts = [
  { value: 'relevance', label: '相关度' },
  { value: 'newest', label: '最新发布' },
  { value: 'updated', label: '最近更新' },
  { value: 'price_high', label: '金额从高到低' },
  { value: 'price_low', label: '金额从低到高' },
  { value: 'deadline', label: '即将到期' },
] as const

export const maxTRL = 13

export function emptyFilter(): Filter {
  return {
    industries: [],
    fields: [],
    emerging: [],
    regions: [],
    cooperation: [],
    budgets: [],
    years: [],
    organisations: [],
    statuses: [],
    trl_min: 0,
    trl_max: 0,
  }
}

function first(value: LocationQuery[string] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

/** "C26,C27" and repeated parameters alike; order kept, empties and repeats dropped. */
function list(value: LocationQuery[string] | undefined): string[] {
  const parts = (Array.isArray(value) ? value : [value]).flatMap((v) => (v ?? '').split(','))
  return [...new Set(parts.map((p) => p.trim()).filter(Boolean))]
}

function level(value: LocationQuery[string] | undefined): number {
  const n = Number(first(value))
  return Number.isInteger(n) && n >= 1 && n <= maxTRL ? n : 0
}

export function parseFilter(query: LocationQuery): Filter {
  const f = emptyFilter()
  for (const name of listNames) f[name] = list(query[name])
  f.trl_min = level(query.trl_min)
  f.trl_max = level(query.trl_max)
  return f
}

export function parseSearch(query: LocationQuery): SearchState {
  const sort = first(query.sort)
  return {
    kind: first(query.kind) === 'need' ? 'need' : 'achievement',
    q: first(query.q).trim(),
    sort: sorts.some((s) => s.value === sort) ? sort : '',
    filter: parseFilter(query),
  }
}

/** Only what restricts appears, so equal states give equal addresses. */
export function filterQuery(f: Filter): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of listNames) if (f[name].length) out[name] = f[name].join(',')
  if (f.trl_min) out.trl_min = String(f.trl_min)
  if (f.trl_max) out.trl_max = String(f.trl_max)
  return out
}

export function searchQuery(s: SearchState): LocationQueryRaw & Record<string, string> {
  const out: Record<string, string> = { kind: s.kind }
  if (s.q) out.q = s.q
  if (s.sort) out.sort = s.sort
  return { ...out, ...filterQuery(s.filter) }
}

/** What the server uses when no order is asked for. */
export function effectiveSort(s: SearchState): string {
  return s.sort || (s.q ? 'relevance' : 'newest')
}

export interface Chip {
  name: ListName | 'trl'
  code: string
}

export function chips(f: Filter): Chip[] {
  const out: Chip[] = listNames.flatMap((name) => f[name].map((code) => ({ name, code })))
  if (f.trl_min || f.trl_max) out.push({ name: 'trl', code: `${f.trl_min}-${f.trl_max}` })
  return out
}

export function removeChip(f: Filter, chip: Chip): Filter {
  if (chip.name === 'trl') return { ...f, trl_min: 0, trl_max: 0 }
  return { ...f, [chip.name]: f[chip.name].filter((c) => c !== chip.code) }
}

/** "TRL 4–6", "TRL 4 及以上", "TRL 6 及以下", "TRL 5". */
export function trlRange(min: number, max: number): string {
  if (min && max) return min === max ? `TRL ${min}` : `TRL ${min}–${max}`
  if (min) return `TRL ${min} 及以上`
  if (max) return `TRL ${max} 及以下`
  return ''
}
