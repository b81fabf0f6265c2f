// What the queue's list is made of, and how candidates come into it and leave it. The events are in queue.ts.

import type { ApiError } from '@/api/client'
import type { Schemas } from '@/api/model'

export type Candidate = Schemas['Candidate']
export type CandidatePage = Schemas['CandidatePage']
export type Verb = Schemas['QueueDecisionInput']['verb']
export type Choice = Schemas['QueueDecisionInput']

/** A decision, and what stood before it. */
export interface Decided {
  readonly choice: Choice
  readonly before: Candidate
}

export interface Failure {
  readonly id: string
  readonly text: string
}

export interface QueueState {
  readonly items: readonly Candidate[]
  /** Where each candidate belongs: what comes back after an undo comes back to its place. */
  readonly ranks: ReadonlyMap<string, number>
  /** The states that the list holds; empty for all. */
  readonly shows: readonly string[]
  readonly total: number
  readonly states: Readonly<Record<string, number>>
  /** The cursor of the page that comes next. */
  readonly next?: string
  readonly phase: 'first' | 'again' | 'more' | 'ready'
  readonly error?: ApiError
  /** The candidate that is shown, '' for none. */
  readonly cursor: string
  readonly selected: ReadonlySet<string>
  /** Decisions that the server has not answered yet, by candidate. */
  readonly sending: ReadonlyMap<string, Decided>
  /** What can be undone, the latest last. */
  readonly done: readonly Decided[]
  /** Decisions that are being taken back. */
  readonly undoing: ReadonlyMap<string, Decided>
  /** What was refused, the latest last. */
  readonly failures: readonly Failure[]
  /** The candidate that this person occupies, or the sentence that says who else does. */
  readonly lease?: { id: string; taken?: string }
}

export const initial = (): QueueState => ({
  items: [],
  ranks: new Map(),
  shows: [],
  total: 0,
  states: {},
  phase: 'first',
  cursor: '',
  selected: new Set(),
  sending: new Map(),
  done: [],
  undoing: new Map(),
  failures: [],
})

/** As many of the refused are told at once. */
export const mostFailures = 5

export const stateLabels: Record<Candidate['state'], string> = {
  open: '待处理',
  asked: '待答复',
  deferred: '暂缓',
  accepted: '已采纳',
  rejected: '不采纳',
  expired: '已失效',
}

export const stateAfter: Record<Verb, Candidate['state']> = {
  accept: 'accepted',
  reject: 'rejected',
  defer: 'deferred',
}

export const at = (s: QueueState, id: string): number => s.items.findIndex((c) => c.id === id)
export const find = (s: QueueState, id: string): Candidate | undefined => s.items.find((c) => c.id === id)

/** Whether a candidate of the state stands in this list. */
const belongs = (s: QueueState, state: string): boolean => !s.shows.length || s.shows.includes(state)

export function loaded(s: QueueState, page: CandidatePage, open?: string): QueueState {
  // Read while decisions were on their way, the page may still hold what they take out of it.
  const items = page.items.filter((c) => !s.sending.has(c.id))
  const here = new Set(items.map((c) => c.id))
  const cursor = [open, s.cursor].find((id) => id && here.has(id)) ?? items[0]?.id ?? ''
  return {
    ...s,
    items,
    ranks: ranked(new Map(), page.items),
    total: page.total - (page.items.length - items.length),
    states: page.states,
    next: page.next || undefined,
    phase: 'ready',
    error: undefined,
    cursor,
    selected: new Set([...s.selected].filter((id) => here.has(id))),
  }
}

export function appended(s: QueueState, page: CandidatePage): QueueState {
  const fresh = page.items.filter((c) => !s.ranks.has(c.id))
  const items = [...s.items, ...fresh]
  const cursor = s.cursor || (items[0]?.id ?? '')
  return { ...s, items, ranks: ranked(s.ranks, fresh), cursor, next: page.next || undefined, phase: 'ready' }
}

/** Puts candidates that are not in the list behind the one that is shown. */
export function brought(s: QueueState, candidates: readonly Candidate[]): QueueState {
  const fresh = candidates.filter((c) => at(s, c.id) < 0)
  if (!fresh.length) return s
  const i = at(s, s.cursor)
  const ranks = new Map(s.ranks)
  const rank = ranks.get(s.cursor) ?? -1
  fresh.forEach((c, k) => ranks.set(c.id, rank + (k + 1) / (fresh.length + 1)))
  const items = [...s.items]
  items.splice(i + 1, 0, ...fresh)
  // Those that belong here are counted already: they stand on a page that was not read yet.
  const strangers = fresh.filter((c) => !belongs(s, c.state)).length
  return { ...s, items, ranks, total: s.total + strangers, cursor: s.cursor || fresh[0]!.id }
}

function ranked(ranks: ReadonlyMap<string, number>, more: readonly Candidate[]): Map<string, number> {
  const all = new Map(ranks)
  for (const c of more) all.set(c.id, all.size)
  return all
}

/** The candidate as it is now: drawn, put back to its place, or taken out of the list. from is what it was. */
export function changed(s: QueueState, c: Candidate, from = find(s, c.id)?.state): QueueState {
  if (!belongs(s, c.state)) return counted(removed(s, c.id), from, c.state)
  if (at(s, c.id) >= 0) return counted(updated(s, c), from, c.state)
  const rank = s.ranks.get(c.id)
  // What belongs on a page that was not read yet comes with that page.
  if (rank === undefined) return counted(s, from, c.state)
  const i = s.items.findIndex((o) => (s.ranks.get(o.id) ?? Infinity) > rank)
  const items = [...s.items]
  items.splice(i < 0 ? items.length : i, 0, c)
  return counted({ ...s, items, total: s.total + 1, cursor: s.cursor || c.id }, from, c.state)
}

export function updated(s: QueueState, c: Candidate): QueueState {
  const i = at(s, c.id)
  if (i < 0) return s
  const items = [...s.items]
  items[i] = c
  return { ...s, items }
}

/** Out of the list; the cursor goes on to what follows. */
export function removed(s: QueueState, id: string): QueueState {
  const i = at(s, id)
  if (i < 0) return s
  const items = s.items.filter((c) => c.id !== id)
  const cursor = s.cursor === id ? ((items[i] ?? items[i - 1])?.id ?? '') : s.cursor
  return { ...s, items, cursor, total: s.total - 1, selected: without(s.selected, id) }
}

function counted(s: QueueState, from: string | undefined, to: string): QueueState {
  if (!from || from === to) return s
  const states = { ...s.states, [to]: (s.states[to] ?? 0) + 1 }
  states[from] = Math.max(0, (states[from] ?? 0) - 1)
  return { ...s, states }
}

export function failed(s: QueueState, id: string, text: string): QueueState {
  return { ...s, failures: [...s.failures, { id, text }].slice(-mostFailures) }
}

export function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const out = new Set(set)
  if (!out.delete(id)) out.add(id)
  return out
}

export function without(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return set.has(id) ? toggled(set, id) : set
}
