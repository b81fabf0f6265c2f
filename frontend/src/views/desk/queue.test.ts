import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { current, decidable, lookahead, mostUndone, rivals, step, wanted, wantsMore } from './queue'
import type { QueueEvent } from './queue'
import {
  initial,
  mostFailures,
  type Candidate,
  type CandidatePage,
  type Choice,
  type QueueState,
} from './queuelist'

const candidate = (n: number, more: Partial<Candidate> = {}): Candidate => ({
  id: `k_${n}`,
  need_id: `n_${n}`,
  achievement_id: `a_${n}`,
  need: `需求${n}`,
  achievement: `成果${n}`,
  score: 0.8,
  level: 3,
  level_label: '较强',
  probabilities: [0.1, 0.2, 0.5, 0.2],
  model: 'm',
  source: 'match',
  state: 'open',
  state_label: '待处理',
  queued_at: '2026-11-20T00:00:00Z',
  due_at: '2026-11-25T16:00:00Z',
  waiting_days: 2,
  questions: 0,
  answers: 0,
  version: 1,
  created_at: '2026-11-20T00:00:00Z',
  updated_at: '2026-11-20T00:00:00Z',
  ...more,
})
const page = (from: number, until: number, total: number, next?: string): CandidatePage => ({
  total,
  states: { open: total },
  items: Array.from({ length: until - from }, (_, i) => candidate(from + i)),
  next,
})
const run = (s: QueueState, ...events: QueueEvent[]): QueueState => events.reduce(step, s)
const queue = (n: number, next?: string, total = n): QueueState =>
  run(initial(), { type: 'load', shows: ['open'] }, { type: 'loaded', page: page(0, n, total, next) })
const ids = (s: QueueState): string => s.items.map((c) => c.id.slice(2)).join()

const accept: Choice = { verb: 'accept' }
const reject: Choice = { verb: 'reject', reason: 'field' }
const decide = (n: number, choice: Choice = accept): QueueEvent => ({
  type: 'decide',
  ids: [`k_${n}`],
  choice,
})
const decided = (n: number, state: Candidate['state'] = 'accepted'): QueueEvent => ({
  type: 'decided',
  candidate: candidate(n, { state }),
})

describe('reading the list', () => {
  it('shows the first candidate, or the one of the address', () => {
    expect(queue(3).cursor).toBe('k_0')
    const s = run(initial(), { type: 'loaded', page: page(0, 3, 3), open: 'k_2' })
    expect(current(s)?.need).toBe('需求2')
    expect(run(initial(), { type: 'loaded', page: page(0, 3, 3), open: 'k_9' }).cursor).toBe('k_0')
  })
  it('says what an empty list is', () => {
    const s = run(initial(), { type: 'loaded', page: page(0, 0, 0) })
    expect([s.cursor, s.phase, s.total]).toEqual(['', 'ready', 0])
    expect(run(s, { type: 'move', by: 1 }).cursor).toBe('')
  })
  it('asks for more near the end of what is read', () => {
    expect(wantsMore(queue(100, 'next', 300))).toBe(false)
    expect(wantsMore(queue(100, 'next', 300), 80)).toBe(true)
    expect(wantsMore(run(queue(100, 'next', 300), { type: 'open', id: 'k_75' }))).toBe(true)
    expect(wantsMore(queue(100), 99)).toBe(false)
  })
  it('adds the next page once, without repeating', () => {
    const s = run(queue(3, 'p2', 6), { type: 'more' }, { type: 'page', page: page(2, 6, 6) })
    expect(ids(s)).toBe('0,1,2,3,4,5')
    expect([s.total, s.next, s.phase]).toEqual([6, undefined, 'ready'])
    expect(run(s, { type: 'page', page: page(6, 8, 8) })).toBe(s)
  })
  it('keeps what it has when a page cannot be had, and does not try by itself', () => {
    const error = new ApiError('offline', '网络已断开')
    const s = run(queue(3, 'p2', 6), { type: 'more' }, { type: 'failed', error })
    expect([s.items.length, s.error?.code, wantsMore(s, 2)]).toEqual([3, 'offline', false])
    expect(run(s, { type: 'more' }).error).toBeUndefined()
  })
  it('does not show what a decision on its way takes out', () => {
    const s = run(queue(3), decide(0), { type: 'loaded', page: page(0, 3, 3) })
    expect([ids(s), s.total]).toEqual(['1,2', 2])
  })
  it('keeps the place when the list is read anew', () => {
    const s = run(queue(5), { type: 'open', id: 'k_3' }, { type: 'load', shows: ['open'] })
    expect(s.phase).toBe('again')
    expect(run(s, { type: 'loaded', page: page(1, 5, 4) }).cursor).toBe('k_3')
  })
})

describe('moving', () => {
  it('stops at both ends', () => {
    expect(run(queue(2), { type: 'move', by: -1 }).cursor).toBe('k_0')
    expect(run(queue(2), { type: 'move', by: 1 }, { type: 'move', by: 1 }).cursor).toBe('k_1')
  })
  it('wants the shown one first, then those that follow, and the one before', () => {
    const s = run(queue(20), { type: 'open', id: 'k_4' })
    expect(wanted(s)).toEqual(['k_4', 'k_5', 'k_6', 'k_7', 'k_8', 'k_9', 'k_3'])
    expect(wanted(queue(20))).toHaveLength(lookahead + 1)
    expect(wanted(queue(0))).toEqual([])
  })
})

describe('deciding', () => {
  it('is drawn at once: the candidate is gone and the next one is shown', () => {
    const s = run(queue(3), decide(0))
    expect([ids(s), s.cursor, s.total]).toEqual(['1,2', 'k_1', 2])
    expect(s.states).toEqual({ open: 2, accepted: 1 })
    expect(s.sending.get('k_0')?.choice).toEqual(accept)
  })
  it('shows the one before after the last', () => {
    expect(run(queue(2), { type: 'open', id: 'k_1' }, decide(1)).cursor).toBe('k_0')
    expect(run(queue(1), decide(0)).cursor).toBe('')
  })
  it('leaves the candidate where the list holds such', () => {
    const all = run(initial(), { type: 'load', shows: [] }, { type: 'loaded', page: page(0, 2, 2) })
    const s = run(all, decide(0, reject))
    expect(s.items[0]).toMatchObject({ state: 'rejected', state_label: '不采纳', reason: 'field' })
    expect(s.cursor).toBe('k_0')
    expect(decidable(s.items[0])).toBe(false)
  })
  it('does not decide twice, nor on what is decided', () => {
    const s = run(queue(3), decide(0))
    expect(run(s, decide(0))).toBe(s)
    const all = run(initial(), {
      type: 'loaded',
      page: { ...page(0, 0, 1), items: [candidate(0, { state: 'expired' })] },
    })
    expect(run(all, decide(0))).toBe(all)
  })
  it('defers with its day', () => {
    const s = run(queue(2), decide(0, { verb: 'defer', until: '2026-11-25' }), decided(0, 'deferred'))
    expect(s.done[0]?.choice.until).toBe('2026-11-25')
    expect(s.states.deferred).toBe(1)
  })
  it('puts back to its place what is refused, and says so', () => {
    const s = run(
      queue(4),
      decide(1),
      { type: 'open', id: 'k_3' },
      { type: 'refused', id: 'k_1', text: '乐思齐已经处理了这条候选' },
    )
    expect([ids(s), s.total]).toEqual(['0,1,2,3', 4])
    expect(s.states).toEqual({ open: 4, accepted: 0 })
    expect(s.cursor, 'whoever went on is not called back').toBe('k_3')
    expect(s.failures).toEqual([{ id: 'k_1', text: '乐思齐已经处理了这条候选' }])
    expect(s.sending.size).toBe(0)
  })
  it('does not put back what is gone', () => {
    const s = run(queue(2), decide(0), { type: 'refused', id: 'k_0', text: '不存在', gone: true })
    expect([ids(s), s.failures.length]).toEqual(['1', 1])
  })
  it('tells only the latest refusals, until they are read', () => {
    let s = queue(20)
    for (let n = 0; n < 10; n++) s = run(s, decide(n), { type: 'refused', id: `k_${n}`, text: `${n}` })
    expect(s.failures).toHaveLength(mostFailures)
    expect(s.items).toHaveLength(20)
    expect(run(s, { type: 'dismiss' }).failures).toEqual([])
  })
  it('takes a selection at once', () => {
    const s = run(
      queue(5),
      { type: 'select', ids: ['k_1', 'k_3', 'k_99'] },
      { type: 'decide', ids: ['k_1', 'k_3'], choice: reject },
    )
    expect([ids(s), s.selected.size, s.sending.size]).toEqual(['0,2,4', 0, 2])
    const part = run(s, decided(1, 'rejected'), { type: 'refused', id: 'k_3', text: '占用' })
    expect([ids(part), part.done.length]).toEqual(['0,2,3,4', 1])
  })
})

describe('undoing', () => {
  const worked = run(
    queue(5),
    decide(0),
    decided(0),
    decide(1, reject),
    decided(1, 'rejected'),
    decide(2),
    decided(2),
  )
  it('brings the latest back and shows it', () => {
    const s = run(worked, { type: 'undo', id: 'k_2' })
    expect([ids(s), s.cursor, s.total]).toEqual(['2,3,4', 'k_2', 3])
    expect(s.states).toEqual({ open: 3, accepted: 1, rejected: 1 })
    const after = run(s, { type: 'undone', candidate: candidate(2, { version: 3 }) })
    expect([after.undoing.size, after.items[0]?.version, after.done.length]).toEqual([0, 3, 2])
  })
  it('brings an earlier one back to its place', () => {
    const s = run(worked, { type: 'undo', id: 'k_0' }, { type: 'undo', id: 'k_2' })
    expect(ids(s)).toBe('0,2,3,4')
  })
  it('is not done twice', () => {
    const s = run(worked, { type: 'undo', id: 'k_1' })
    expect(run(s, { type: 'undo', id: 'k_1' })).toBe(s)
    expect(run(s, decide(1))).toBe(s)
  })
  it('that the server refuses leaves the decision', () => {
    const text = '已经过了可以撤销的时间'
    const s = run(worked, { type: 'undo', id: 'k_2' }, { type: 'undoRefused', id: 'k_2', text, final: true })
    expect([ids(s), s.failures[0]?.text, s.done.length]).toEqual(['3,4', text, 2])
    expect(s.states).toEqual({ open: 2, accepted: 2, rejected: 1 })
  })
  it('that did not reach the server can be tried again', () => {
    const s = run(
      worked,
      { type: 'undo', id: 'k_2' },
      { type: 'undoRefused', id: 'k_2', text: '断网', final: false },
    )
    expect(s.done.map((d) => d.before.id)).toEqual(['k_0', 'k_1', 'k_2'])
    expect(ids(run(s, { type: 'undo', id: 'k_2' }))).toBe('2,3,4')
  })
})

describe('undoing what was decided before', () => {
  const decidedOnce = candidate(1, {
    state: 'rejected',
    reason: 'cost',
    decided_by: 'u',
    undo_until: '2026-11-23T00:00:00Z',
  })
  it('is possible while the server allows it', () => {
    const all = run(initial(), {
      type: 'loaded',
      page: { total: 1, states: { rejected: 1 }, items: [decidedOnce] },
    })
    const s = run(all, { type: 'undo', id: 'k_1' })
    expect(s.items[0]).toMatchObject({ state: 'open', state_label: '待处理' })
    const late = { ...decidedOnce, undo_until: undefined }
    const none = run(initial(), { type: 'loaded', page: { total: 1, states: {}, items: [late] } })
    expect(run(none, { type: 'undo', id: 'k_1' })).toBe(none)
  })
  it('shows it though the list was read anew meanwhile', () => {
    const s = run(
      queue(5),
      decide(0),
      decided(0),
      { type: 'loaded', page: page(1, 5, 4) },
      { type: 'undo', id: 'k_0' },
    )
    expect([s.cursor, s.total, s.items.length]).toEqual(['k_0', 5, 5])
  })
})

describe('what others do', () => {
  it('takes out what somebody else decided, and says so where it was in sight', () => {
    const s = run(queue(3), { type: 'gone', id: 'k_0', text: '乐思齐已处理' })
    expect([ids(s), s.cursor, s.failures.length]).toEqual(['1,2', 'k_1', 1])
    expect(run(s, { type: 'gone', id: 'k_0', text: 'x' })).toBe(s)
  })
  it('follows changes, but not over what is on its way from here', () => {
    const s = run(queue(3), { type: 'changed', candidate: candidate(1, { answers: 1 }) })
    expect(s.items[1]?.answers).toBe(1)
    const sent = run(s, decide(1))
    expect(run(sent, { type: 'changed', candidate: candidate(1) })).toBe(sent)
    expect(ids(run(s, { type: 'changed', candidate: candidate(2, { state: 'asked' }) }))).toBe('0,1')
  })
  it('ignores what the list never held', () => {
    const s = queue(3)
    expect(ids(run(s, { type: 'changed', candidate: candidate(50) }))).toBe('0,1,2')
  })
  it('brings in what a link led to', () => {
    const s = run(
      queue(3),
      { type: 'bring', candidates: [candidate(50), candidate(51)] },
      { type: 'open', id: 'k_50' },
    )
    expect([ids(s), s.cursor, s.total]).toEqual(['0,50,51,1,2', 'k_50', 3])
    const back = run(s, decide(50), { type: 'refused', id: 'k_50', text: '' })
    expect(ids(back)).toBe('0,50,51,1,2')
    const empty = run(queue(0), { type: 'bring', candidates: [candidate(7, { state: 'accepted' })] })
    expect([empty.cursor, empty.total]).toEqual(['k_7', 1])
  })
  it('knows who occupies the shown one', () => {
    const s = run(queue(2), { type: 'taken', id: 'k_0', text: '乐思齐正在处理' })
    expect(s.lease?.taken).toContain('乐思齐')
    expect(run(s, { type: 'released' }).lease).toBeUndefined()
    expect(run(queue(2), { type: 'leased', id: 'k_0' }, decide(0)).lease).toBeUndefined()
  })
})

describe('comparing', () => {
  const needy = (n: number, need: string): Candidate => candidate(n, { need_id: need })
  const list = [needy(0, 'x'), needy(1, 'y'), needy(2, 'x'), needy(3, 'z')]
  const s = run(initial(), { type: 'loaded', page: { total: 4, states: {}, items: list } })
  it('takes candidates of the same need first', () => {
    expect(rivals(s).map((c) => c.id)).toEqual(['k_0', 'k_2', 'k_1'])
    expect(rivals(s, [needy(9, 'x')]).map((c) => c.id)).toEqual(['k_0', 'k_2', 'k_9'])
  })
  it('leaves out what is decided', () => {
    expect(rivals(run(s, decide(2)))).not.toContainEqual(
      expect.objectContaining({ id: 'k_2', state: 'open' }),
    )
    expect(rivals(queue(0))).toEqual([])
  })
})

it('works through 200 decisions in a row, and remembers no more than it must', () => {
  let s = queue(100, 'more', 300)
  let pages = 1
  for (let n = 0; n < 200; n++) {
    if (wantsMore(s))
      s = run(
        s,
        { type: 'more' },
        { type: 'page', page: page(pages * 100, ++pages * 100, 300, pages < 3 ? 'more' : '') },
      )
    expect(s.cursor).toBe(`k_${n}`)
    s = run(s, decide(n, n % 3 ? accept : reject), decided(n, n % 3 ? 'accepted' : 'rejected'))
  }
  expect([s.items.length, s.total, s.cursor]).toEqual([100, 100, 'k_200'])
  expect([s.done.length, s.sending.size, s.undoing.size, s.failures.length]).toEqual([mostUndone, 0, 0, 0])
  for (let n = 0; n < mostUndone; n++) {
    const id = s.done[s.done.length - 1]!.before.id
    s = run(s, { type: 'undo', id }, { type: 'undone', candidate: candidate(Number(id.slice(2))) })
  }
  expect([s.items.length, s.cursor, s.done.length]).toEqual([200, 'k_100', 0])
  expect(ids(s)).toBe(Array.from({ length: 200 }, (_, i) => i + 100).join())
})
