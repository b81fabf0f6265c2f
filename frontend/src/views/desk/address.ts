// The queue's filters as they stand in the address, and as they are asked for.

import type { LocationQuery } from 'vue-router'

const filterNames = [
  'q',
  'state',
  'level',
  'field',
  'region',
  'need',
  'achievement',
  'waiting',
  'due',
  'whose',
  'broker',
  'unplaced',
  'wished',
  'sort',
] as const

export type Filter = Readonly<Record<string, string>>

/** What waits for a decision is what one comes for; all the others have to be asked for. */
export const usualState = 'open'

export function readFilter(query: LocationQuery): Filter {
  const out: Record<string, string> = {}
  for (const name of filterNames) {
    const v = query[name]
    const text = Array.isArray(v) ? v.filter(Boolean).join(',') : v
    if (text) out[name] = text
  }
  return out
}

/** What the server is asked: "all" is no restriction, nothing is the usual state. */
export function asked(filter: Filter): Record<string, string> {
  const { state = usualState, ...rest } = filter
  return state === 'all' ? rest : { ...rest, state }
}

/** Without an order and without the usual state: what really narrows. */
export const narrowing = (filter: Filter): string[] =>
  Object.keys(filter).filter((k) => k !== 'sort' && k !== 'state')

/** The filter with a change; an empty value lifts it. */
export function changedFilter(filter: Filter, change: Record<string, string>): Record<string, string> {
  const out: Record<string, string> = { ...filter, ...change }
  for (const [k, v] of Object.entries(out)) if (!v || (k === 'state' && v === usualState)) delete out[k]
  return out
}

/** A saved filter is a query string of the API; what this page does not know is left out. */
export function parseSaved(text: string): Filter {
  const params = new URLSearchParams(text)
  return readFilter(Object.fromEntries(params))
}

export function printSaved(filter: Filter): string {
  const { q, ...rest } = filter
  return new URLSearchParams(rest).toString()
}
