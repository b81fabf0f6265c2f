import { describe, expect, it } from 'vitest'
import { usualActs } from './acts'
import {
  answerDuties,
  deskDuties,
  inOrder,
  isBeginning,
  overdueDuty,
  queueDuties,
  recordDuties,
  securityDuties,
  systemDuties,
  taskDuty,
  type Duty,
} from './duties'
import { cardValue } from './figures'

const by = (duties: Duty[]) => Object.fromEntries(duties.map((d) => [d.key, [d.count, d.tone]]))
const load = {
  broker: 'u_1',
  open: 3,
  asked: 1,
  deferred: 0,
  due_today: 1,
  overdue: 0,
  wished: 0,
  accepted: 0,
  rejected: 0,
  placed: 0,
  capacity: 10,
  per_week: 5,
  left: 5,
  opinions: 0,
}
const counts = { open: 4, awaiting: 2, overdue: 0, interested: 1, unread: 0 }

describe('what waits', () => {
  it('is nothing where an organisation has yet to begin; what is done does not count', () => {
    expect(isBeginning(recordDuties('need', { resolved: 1 }), 'need')).toBe(true)
    expect(isBeginning(recordDuties('need', { draft: 1 }), 'need')).toBe(false)
    expect(isBeginning(recordDuties('need', { engaged: 1 }), 'need')).toBe(false)
    expect(isBeginning(recordDuties('achievement', {}), 'need')).toBe(false)
  })
  it('of own records: what was returned and drafts press, what is published does not', () => {
    const duties = recordDuties('need', { returned: 1, draft: 2, published: 7 })
    expect(by(duties)).toMatchObject({
      'need-returned': [1, 'due'],
      'need-draft': [2, 'due'],
      'need-expired': [0, 'rest'],
      'need-published': [7, 'rest'],
    })
    expect(recordDuties('achievement', {})[0]!.to).toBe('/mine/achievements?status=returned')
  })
  it('of introductions: late only when somebody waits for us', () => {
    expect(by(answerDuties(counts)).answers).toEqual([2, 'due'])
    expect(by(answerDuties({ ...counts, overdue: 1 })).answers).toEqual([2, 'late'])
    expect(by(answerDuties({ ...counts, awaiting: 0, overdue: 1 })).answers).toEqual([0, 'rest'])
    expect(overdueDuty({ ...counts, overdue: 1 }).tone).toBe('late')
    expect(overdueDuty(counts)).toMatchObject({ tone: 'rest', note: '进行中 4 个，都在期限内' })
  })
  it('of a queue', () => {
    expect(queueDuties(undefined)).toEqual([])
    expect(queueDuties(load)[0]).toMatchObject({ count: 3, tone: 'due', note: '1 条今天到期' })
    expect(queueDuties({ ...load, overdue: 2 })[0]).toMatchObject({
      tone: 'late',
      note: '2 条已逾期，1 条今天到期',
    })
    expect(queueDuties({ ...load, open: 0, due_today: 0 })[0]).toMatchObject({
      tone: 'rest',
      note: '已全部处理',
    })
  })
  it('of what owners ask for', () => {
    expect(queueDuties({ ...load, wished: 2 })[1]).toMatchObject({
      count: 2,
      tone: 'due',
      to: '/queue?wished=true',
    })
    expect(queueDuties(load)[1]).toMatchObject({ tone: 'rest', note: '没有等答复的申请' })
  })
  it('of tasks', () => {
    expect(taskDuty(3, 1)).toMatchObject({ tone: 'late', note: '其中 1 件已逾期' })
    expect(taskDuty(0, 0)).toMatchObject({ tone: 'rest', note: '没有到期的事项' })
  })
  it('of the bureau', () => {
    const ageing = [
      { what: 'reviews', label: '', total: 6, late: 2, days: [], counts: [] },
      { what: 'candidates', label: '', total: 4, late: 0, days: [], counts: [] },
    ]
    expect(by(deskDuties({ reviews: 6, signups: 1, subsidies: 0 }, ageing))).toEqual({
      reviews: [6, 'late'],
      signups: [1, 'due'],
      candidates: [4, 'rest'],
      subsidies: [0, 'rest'],
    })
  })
  it('of administrators', () => {
    const jobs = {
      items: [
        { kind: 'a', state: 'dead' as const, count: 2 },
        { kind: 'b', state: 'waiting' as const, count: 1 },
        { kind: 'b', state: 'done' as const, count: 9 },
      ],
    }
    expect(by(systemDuties(jobs, 0))).toEqual({
      jobs: [2, 'late'],
      waiting: [1, 'rest'],
      outbox: [0, 'rest'],
    })
    expect(by(securityDuties(1, 2))).toEqual({ locked: [1, 'due'], pending: [2, 'rest'] })
  })
  it('the most pressing comes first', () => {
    const duties = [taskDuty(0, 0), overdueDuty({ ...counts, overdue: 1 }), ...answerDuties(counts)]
    expect(inOrder(duties).map((d) => d.key)).toEqual(['overdue', 'answers', 'tasks'])
  })
})

it.each([
  ['count', 1200, '1,200'],
  ['fen', 3_000_000_000, '3,000 万元'],
  ['part', 0.7463, '74.6%'],
  ['hours', 36.25, '36.3 小时'],
] as const)('a figure of unit %s', (unit, value, want) => expect(cardValue({ unit }, value)).toBe(want))

it('no act is offered twice', () => {
  for (const acts of Object.values(usualActs)) expect(new Set(acts.map((a) => a.to)).size).toBe(acts.length)
})
