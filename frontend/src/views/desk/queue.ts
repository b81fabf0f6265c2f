// The review queue: a pure function of state and event. useQueue.ts asks the server, Vue draws the state.
// A decision is drawn before the server has heard of it; what the server refuses is put back and said.

import type { ApiError } from '@/api/client'
import {
  appended,
  at,
  brought,
  changed,
  failed,
  find,
  loaded,
  removed,
  stateAfter,
  stateLabels,
  toggled,
  updated,
  without,
  type Candidate,
  type CandidatePage,
  type Choice,
  type Decided,
  type QueueState,
  type Verb,
} from './queuelist'

export type QueueEvent =
  | { type: 'load'; shows: readonly string[]; fresh?: boolean }
  | { type: 'loaded'; page: CandidatePage; open?: string }
  | { type: 'more' }
  | { type: 'page'; page: CandidatePage }
  | { type: 'failed'; error: ApiError }
  | { type: 'move'; by: number }
  | { type: 'open'; id: string }
  /** Candidates that the list does not hold yet: a link led to one, or others of the same need are looked at. */
  | { type: 'bring'; candidates: readonly Candidate[] }
  | { type: 'toggle'; id: string }
  | { type: 'select'; ids: readonly string[] }
  | { type: 'decide'; ids: readonly string[]; choice: Choice }
  | { type: 'decided'; candidate: Candidate }
  | { type: 'refused'; id: string; text: string; gone?: boolean }
  | { type: 'undo'; id: string }
  | { type: 'undone'; candidate: Candidate }
  | { type: 'undoRefused'; id: string; text: string; final: boolean }
  | { type: 'changed'; candidate: Candidate }
  | { type: 'gone'; id: string; text?: string }
  | { type: 'leased'; id: string }
  | { type: 'taken'; id: string; text: string }
  | { type: 'released' }
  | { type: 'dismiss' }

/** As many decisions can be undone from the page; the server's own limit is time. */
export const mostUndone = 100
/** So many candidates are read before they are asked for. */
export const lookahead = 5
/** The next page is read when so few stand below the cursor, or below what is seen. */
const margin = 30

export function step(s: QueueState, e: QueueEvent): QueueState {
  switch (e.type) {
    case 'load':
      return { ...s, shows: e.shows, error: undefined, phase: s.items.length && !e.fresh ? 'again' : 'first' }
    case 'loaded':
      return loaded(s, e.page, e.open)
    case 'more':
      return s.next && s.phase === 'ready' ? { ...s, phase: 'more', error: undefined } : s
    case 'page':
      return s.phase === 'more' ? appended(s, e.page) : s
    case 'failed':
      return { ...s, phase: 'ready', error: e.error }
    case 'move':
      return moved(s, e.by)
    case 'open':
      return at(s, e.id) >= 0 && e.id !== s.cursor ? { ...s, cursor: e.id } : s
    case 'bring':
      return brought(s, e.candidates)
    case 'toggle':
      return { ...s, selected: toggled(s.selected, e.id) }
    case 'select':
      return { ...s, selected: new Set(e.ids.filter((id) => at(s, id) >= 0)) }
    case 'decide':
      return e.ids.reduce((now, id) => decide(now, id, e.choice), s)
    case 'decided':
      return decided(s, e.candidate)
    case 'refused':
      return refused(s, e.id, e.text, e.gone)
    case 'undo':
      return undo(s, e.id)
    case 'undone':
      return { ...changed(s, e.candidate), undoing: dropped(s.undoing, e.candidate.id) }
    case 'undoRefused':
      return undoRefused(s, e.id, e.text, e.final)
    case 'changed':
      // What is on its way from here knows better.
      return s.sending.has(e.candidate.id) || s.undoing.has(e.candidate.id) ? s : changed(s, e.candidate)
    case 'gone':
      return e.text && at(s, e.id) >= 0 ? failed(removed(s, e.id), e.id, e.text) : removed(s, e.id)
    case 'leased':
      return { ...s, lease: { id: e.id } }
    case 'taken':
      return { ...s, lease: { id: e.id, taken: e.text } }
    case 'released':
      return s.lease ? { ...s, lease: undefined } : s
    case 'dismiss':
      return { ...s, failures: [] }
  }
}

export const current = (s: QueueState): Candidate | undefined => find(s, s.cursor)

/** Whether it waits for a decision. */
export const decidable = (c: Candidate | undefined): boolean =>
  !!c && (c.state === 'open' || c.state === 'asked' || c.state === 'deferred')

/** The candidates to be had at once: the shown one, those after it, the one before. */
export function wanted(s: QueueState): string[] {
  const i = at(s, s.cursor)
  if (i < 0) return []
  const ids = s.items.slice(i, i + lookahead + 1).map((c) => c.id)
  const before = s.items[i - 1]
  return before ? [...ids, before.id] : ids
}

/** Whether the next page should be read; last is the index of the last row that is seen. */
export function wantsMore(s: QueueState, last = 0): boolean {
  const below = s.items.length - 1 - Math.max(at(s, s.cursor), last)
  return !!s.next && s.phase === 'ready' && !s.error && below <= margin
}

/** The shown one and two that compete with it: of the same need where there are, else those that follow. */
export function rivals(s: QueueState, others: readonly Candidate[] = []): Candidate[] {
  const here = current(s)
  if (!here) return []
  const after = s.items.slice(at(s, here.id) + 1)
  const known = new Map([here, ...after, ...s.items, ...others].map((c) => [c.id, c]))
  known.delete(here.id)
  const waiting = [...known.values()].filter(decidable)
  const same = waiting.filter((c) => c.need_id === here.need_id)
  const rest = after.filter((c) => decidable(c) && c.need_id !== here.need_id)
  return [here, ...same, ...rest].slice(0, 3)
}

function moved(s: QueueState, by: number): QueueState {
  const i = at(s, s.cursor)
  const to = s.items[Math.max(0, Math.min(s.items.length - 1, i < 0 ? 0 : i + by))]
  return to && to.id !== s.cursor ? { ...s, cursor: to.id } : s
}

/** The candidate as it will be when the server agrees. */
function after({ choice, before }: Decided): Candidate {
  const state = stateAfter[choice.verb]
  return {
    ...before,
    state,
    state_label: stateLabels[state],
    reason: choice.reason,
    note: choice.note,
    defer_until: choice.until,
    lease: undefined,
    urgency: undefined,
  }
}

function decide(s: QueueState, id: string, choice: Choice): QueueState {
  const before = find(s, id)
  if (!before || !decidable(before) || s.sending.has(id) || s.undoing.has(id)) return s
  const made = { choice, before }
  const next = changed(s, after(made))
  return {
    ...next,
    selected: without(next.selected, id),
    sending: new Map(s.sending).set(id, made),
    lease: s.lease?.id === id ? undefined : s.lease,
  }
}

function decided(s: QueueState, c: Candidate): QueueState {
  const sent = s.sending.get(c.id)
  if (!sent) return changed(s, c)
  const done = [...s.done.filter((d) => d.before.id !== c.id), sent].slice(-mostUndone)
  return { ...updated(s, c), sending: dropped(s.sending, c.id), done }
}

function refused(s: QueueState, id: string, text: string, gone?: boolean): QueueState {
  const sent = s.sending.get(id)
  if (!sent) return failed(s, id, text)
  const back = gone ? removed(s, id) : changed(s, sent.before, stateAfter[sent.choice.verb])
  return failed({ ...back, sending: dropped(s.sending, id) }, id, text)
}

/** The decision of a candidate that was decided before the list was read, while it can be undone. */
function standing(c: Candidate | undefined): Decided | undefined {
  const verb = c?.undo_until && (Object.keys(stateAfter) as Verb[]).find((v) => stateAfter[v] === c.state)
  if (!c || !verb) return undefined
  const { decided_at, decided_by, decider, undo_until, ...rest } = c
  return {
    choice: { verb, reason: c.reason },
    before: { ...rest, state: 'open', state_label: stateLabels.open },
  }
}

/** In the list, though it was read anew meanwhile and knows nothing of the candidate. */
function shown(s: QueueState, c: Candidate): QueueState {
  if (at(s, c.id) >= 0 || (s.shows.length && !s.shows.includes(c.state))) return s
  return { ...brought(s, [c]), total: s.total + 1 }
}

function undo(s: QueueState, id: string): QueueState {
  const d = s.done.find((o) => o.before.id === id) ?? standing(find(s, id))
  if (!d || s.undoing.has(id)) return s
  const back = shown(changed(s, d.before, stateAfter[d.choice.verb]), d.before)
  return {
    ...back,
    cursor: at(back, id) >= 0 ? id : back.cursor,
    done: s.done.filter((o) => o !== d),
    undoing: new Map(s.undoing).set(id, d),
  }
}

/** The decision stands. It can be undone once more when the server was only not reached. */
function undoRefused(s: QueueState, id: string, text: string, final: boolean): QueueState {
  const d = s.undoing.get(id)
  if (!d) return s
  const stands = changed(s, after(d), find(s, id)?.state ?? d.before.state)
  return failed(
    { ...stands, undoing: dropped(s.undoing, id), done: final ? s.done : [...s.done, d] },
    id,
    text,
  )
}

function dropped<V>(map: ReadonlyMap<string, V>, id: string): ReadonlyMap<string, V> {
  const out = new Map(map)
  out.delete(id)
  return out
}
