import { describe, expect, it, vi } from 'vitest'
import { asked, changedFilter, narrowing, parseSaved, printSaved, readFilter } from './address'
import { atOnce, keptBehind, newDetails, type QueueItem } from './details'
import { newLease, settle } from './lease'
import { newEchoes } from './news'
import { ageBars, agreementWords, dayBars, duration, filling, inTime } from './pace'
import type { Candidate } from './queuelist'
import { actText, age, chance, dueText, reasonKeys, standingWishes, wishers } from './words'

const flush = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

describe('details', () => {
  const setUp = () => {
    const calls: { id: string; signal: AbortSignal; answer: () => void; fail: () => void }[] = []
    const details = newDetails(
      (id, signal) =>
        new Promise((resolve, reject) => {
          const answer = (): void =>
            resolve({ candidate: { id }, history: [], questions: [] } as unknown as QueueItem)
          calls.push({ id, signal, answer, fail: () => reject(new Error('x')) })
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    )
    return { calls, details }
  }
  it('reads a few at a time, in their order', async () => {
    const { calls, details } = setUp()
    details.want(['a', 'b', 'c', 'd', 'e'])
    expect(calls.map((c) => c.id).join()).toBe('a,b,c')
    expect(calls).toHaveLength(atOnce)
    calls[0]!.answer()
    await flush()
    expect(calls.map((c) => c.id).join()).toBe('a,b,c,d')
    expect(details.known.get('a')?.item?.candidate.id).toBe('a')
  })
  it('breaks off what is not wanted any more', async () => {
    const { calls, details } = setUp()
    details.want(['a', 'b'])
    details.want(['b', 'c'])
    await flush()
    expect(calls[0]!.signal.aborted).toBe(true)
    expect(calls.map((c) => c.id).join()).toBe('a,b,c')
    expect(details.known.has('a')).toBe(false)
  })
  it('says what went wrong, and reads again when asked', async () => {
    const { calls, details } = setUp()
    details.want(['a'])
    calls[0]!.fail()
    await flush()
    expect(details.known.get('a')?.error).toBeDefined()
    void details.again('a')
    calls[1]!.answer()
    await flush()
    expect(details.known.get('a')?.item).toBeDefined()
  })
  it('forgets what lies far behind', async () => {
    const { calls, details } = setUp()
    for (let i = 0; i < 200; i++) {
      details.want([`k${i}`])
      calls[i]!.answer()
      await flush()
    }
    expect(details.size()).toBeLessThanOrEqual(keptBehind + 1)
    details.stop()
    expect(details.size()).toBe(0)
  })
})

describe('lease', () => {
  const setUp = (take: (id: string) => Promise<void> = () => Promise.resolve()) => {
    vi.useFakeTimers()
    const log: string[] = []
    const lease = newLease(
      {
        take: (id) => (log.push(`take ${id}`), take(id)),
        release: (id) => (log.push(`release ${id}`), Promise.resolve()),
        held: (id) => log.push(`held ${id}`),
        taken: (id) => log.push(`taken ${id}`),
        released: () => undefined,
      },
      () => 600_000,
    )
    return { log, lease }
  }
  it('is taken by who stays, renewed, and given back', async () => {
    const { log, lease } = setUp()
    lease.look('a')
    lease.look('b')
    await vi.advanceTimersByTimeAsync(settle)
    await vi.advanceTimersByTimeAsync(300_000)
    lease.look('')
    await vi.advanceTimersByTimeAsync(900_000)
    expect(log).toEqual(['take b', 'held b', 'take b', 'held b', 'release b'])
    vi.useRealTimers()
  })
  it('is not given back after a decision, which ends it', async () => {
    const { log, lease } = setUp()
    lease.look('a')
    await vi.advanceTimersByTimeAsync(settle)
    lease.decided('a')
    lease.look('')
    expect(log).toEqual(['take a', 'held a'])
    vi.useRealTimers()
  })
  it('says who else has it', async () => {
    const { log, lease } = setUp(() => Promise.reject(new Error('409')))
    lease.look('a')
    await vi.advanceTimersByTimeAsync(settle)
    lease.look('')
    expect(log).toEqual(['take a', 'taken a'])
    vi.useRealTimers()
  })
})

it('knows the echo of what was done here, for a while', () => {
  let now = 0
  const echoes = newEchoes(() => now)
  echoes.add('a')
  now = 4000
  expect([echoes.has('a'), echoes.has('b')]).toEqual([true, false])
  now = 6000
  expect(echoes.has('a')).toBe(false)
  for (let i = 0; i < 1000; i++) echoes.add(`k${i}`)
  expect(echoes.size()).toBeLessThanOrEqual(200)
  echoes.add('c')
  echoes.drop('c')
  expect(echoes.has('c')).toBe(false)
})

describe('address', () => {
  it('asks for what waits unless told otherwise', () => {
    expect(asked({})).toEqual({ state: 'open' })
    expect(asked({ state: 'all', level: '4' })).toEqual({ level: '4' })
  })
  it('knows its own parameters only', () => {
    expect(readFilter({ level: '3', tour: '1', state: ['open', 'asked'] })).toEqual({
      level: '3',
      state: 'open,asked',
    })
  })
  it('drops what is usual or empty', () => {
    expect(changedFilter({ level: '3', state: 'asked' }, { level: '', state: 'open' })).toEqual({})
    expect(narrowing({ sort: 'score', state: 'all', q: 'x' })).toEqual(['q'])
  })
  it('saves a filter as the parameters it is made of', () => {
    expect(parseSaved(printSaved({ level: '4', q: '轴承', sort: 'score' }))).toEqual({
      level: '4',
      sort: 'score',
    })
  })
})

describe('words', () => {
  const c = (more: Partial<Candidate>): Candidate =>
    ({ state: 'open', waiting_days: 0, ...more }) as Candidate
  it('tells the probability in tenths', () => {
    expect(chance([0.02, 0.08, 0.6, 0.3])).toContain('约有九条')
    expect(chance([0, 0.01, 0.3, 0.69])).toContain('几乎条条')
    expect(chance([0.9, 0.08, 0.02, 0])).toContain('很少')
    expect(chance([0.4, 0.3, 0.2, 0.1])).toContain('约有三条')
    expect(chance([])).toBe('')
  })
  it.each([
    ['2026-11-25T16:00:00Z', 'calm', '还有 3 天'],
    ['2026-11-22T16:00:00Z', 'today', '今天到期'],
    ['2026-11-23T16:00:00Z', 'calm', '明天到期'],
    ['2026-11-20T16:00:00Z', 'overdue', '逾期 2 天'],
  ] as const)('due %s', (due_at, urgency, want) =>
    expect(dueText(c({ due_at, urgency }), new Date('2026-11-22T02:00:00Z'))).toBe(want),
  )
  it('ages', () => {
    expect(age(c({ urgency: 'overdue' }))).toBe('late')
    expect(age(c({ waiting_days: 5 }))).toBe('due')
    expect(age(c({ waiting_days: 5, state: 'accepted' }))).toBe('fresh')
    expect(age(c({}))).toBe('fresh')
  })
  it('names every act', () => {
    const reason = (code: string): string => (code === 'field' ? '领域不符' : '')
    expect(actText({ act: 'rejected', user_name: '蒋晨', reason: 'field' }, reason)).toBe(
      '蒋晨不采纳：领域不符',
    )
    expect(actText({ act: 'placed', to_name: '蒋晨' }, reason)).toBe('进入蒋晨的队列')
    for (const act of ['accepted', 'deferred', 'resumed', 'asked', 'answered', 'handed', 'undone', 'expired'])
      expect(actText({ act }, reason)).toMatch(/\p{Script=Han}/u)
  })
  it('says who asks for an introduction', () => {
    const at = '2026-11-20T02:00:00Z'
    expect(wishers(c({}))).toBe('')
    expect(wishers(c({ need_wish: at }))).toBe('需求方申请')
    expect(wishers(c({ achievement_wish: at }))).toBe('成果方申请')
    expect(wishers(c({ need_wish: at, achievement_wish: at }))).toBe('双方申请')
    const wish = (act: string, from: string, note = ''): { act: string; from: string; note: string } => ({
      act,
      from,
      note,
    })
    const history = [
      wish('wished', 'o1', '旧'),
      wish('unwished', 'o1'),
      wish('wished', 'o2'),
      wish('wished', 'o1', '新'),
    ]
    expect(standingWishes(history).map((a) => a.from + a.note)).toEqual(['o1新', 'o2'])
    expect(standingWishes(history.slice(0, 2))).toEqual([])
    expect(actText({ act: 'wished', user_name: '甲公司' }, () => '')).toBe('甲公司申请对接')
    expect(actText({ act: 'unwished', user_name: '甲公司' }, () => '')).toBe('甲公司撤回了对接申请')
  })
  it('has a key for each reason, none of which means anything else there', () => {
    expect(new Set(reasonKeys).size).toBe(reasonKeys.length)
    expect(reasonKeys).not.toContain('n')
    expect(reasonKeys).not.toContain('g')
  })
})

describe('pace', () => {
  it('names ages and draws them against the longest', () => {
    const bars = ageBars({ ages: [2, 4, 0, 0, 0, 1], age_days: [1, 3, 7, 14, 30] })
    expect(bars.map((b) => b.label)).toEqual([
      '不到 1 天',
      '1～2 天',
      '3～6 天',
      '7～13 天',
      '14～29 天',
      '30 天以上',
    ])
    expect([bars[1]!.width, bars[0]!.width, bars[5]!.tone, bars[5]!.waiting]).toEqual([100, 50, 'late', 30])
  })
  it('draws days', () => {
    const days = [{ day: '2026-11-22', accepted: 1, rejected: 2, deferred: 1 }]
    expect(dayBars({ days })[0]).toMatchObject({ total: 4, height: 100 })
    expect(dayBars({ days: [{ ...days[0]!, accepted: 0, rejected: 0, deferred: 0 }] })[0]?.height).toBe(0)
  })
  it('says how many were in time', () => {
    expect(inTime({ in_time: 7, late: 3 })).toBe(70)
    expect(inTime({ in_time: 0, late: 0 })).toBeUndefined()
  })
  it.each([
    [0, '—'],
    [0.4, '不到 1 小时'],
    [27.2, '27 小时'],
    [80, '3 天'],
  ])('%d hours', (h, want) => expect(duration(h)).toBe(want))
  it('says what κ means', () => {
    expect(agreementWords({ kappa: 0.54, pairs: 26 })).toBe('一般')
    expect(agreementWords({ kappa: 0.7, pairs: 5 })).toContain('样本少')
    expect(agreementWords({ pairs: 1 })).toContain('算不出')
  })
  it('warns before a queue is full', () => {
    expect(filling(60, 120)).toEqual({ percent: 50, tone: 'fresh' })
    expect(filling(100, 120).tone).toBe('due')
    expect(filling(2000, 120)).toEqual({ percent: 100, tone: 'late' })
    expect(filling(3, 0).percent).toBe(0)
  })
})
