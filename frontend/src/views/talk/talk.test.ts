import { describe, expect, it } from 'vitest'
import { meetingTime, soonest, typedInstant } from './meeting'
import { objectPath } from './objects'
import {
  again,
  conditions,
  filterOf,
  inputOf,
  searchOf,
  suggestedName,
  type Subscription,
} from './subscriptions'
import {
  answerText,
  awaitedText,
  awaitsMe,
  consequence,
  dueOf,
  mySide,
  offered,
  remindable,
  standing,
  type Introduction,
} from './talk'
import { clock, workdaysBetween, worked, yearsOf, type SpecialDays } from './workdays'

const special: SpecialDays = new Map([
  ['2026-10-01', 'off'],
  ['2026-10-02', 'off'],
  ['2026-10-05', 'off'],
  ['2026-10-06', 'off'],
  ['2026-10-07', 'off'],
  ['2026-10-10', 'work'],
])
const beijing = (local: string): Date => new Date(`${local}+08:00`)

describe('working days', () => {
  it.each([
    ['2026-09-30', true],
    ['2026-10-01', false],
    ['2026-10-10', true], // a Saturday that is worked
    ['2026-10-11', false],
  ])('%s: %s', (day, want) => expect(worked(day, special)).toBe(want))
  it('are counted after the first day, with the last', () => {
    expect(workdaysBetween('2026-09-30', '2026-10-12', special)).toBe(4) // 8, 9, 10, 12
    expect(workdaysBetween('2026-10-12', '2026-10-12', special)).toBe(0)
    expect(workdaysBetween('2026-10-13', '2026-10-12', special)).toBe(0)
  })
  it('need the years of now and of what is due', () =>
    expect(yearsOf(['2027-01-05T16:00:00Z', undefined], beijing('2026-12-30T10:00:00'))).toEqual([
      2026, 2027,
    ]))
})

describe('what a side has answered', () => {
  it('is waited for only while that matters', () => {
    expect(answerText({ state: 'invited' }, 'waiting')).toBe('待答复')
    expect(answerText({ state: 'declined' }, 'waiting')).toBe('未答复')
    expect(answerText({ state: 'expired' }, 'interested')).toBe('有意向')
  })
})

describe('the clock of an answer', () => {
  // Late from midnight after Friday the 27th, in Beijing.
  const due = '2026-11-27T16:00:00Z'
  const none: SpecialDays = new Map()
  it.each([
    ['2026-11-22T14:00:00', '还剩 5 个工作日', 'fresh'],
    ['2026-11-25T23:59:00', '还剩 2 个工作日', 'due'],
    ['2026-11-27T23:59:59', '今天到期', 'due'],
    ['2026-11-28T00:00:00', '逾期 1 天', 'late'],
    ['2026-12-02T09:00:00', '逾期 3 天', 'late'],
  ])('at %s says %s', (now, text, age) => {
    expect(clock(due, beijing(now), none)).toEqual({ text, age, last: '2026-11-27' })
  })
  it('does not tick without a date', () => {
    expect(clock(undefined, new Date(), none)).toBeUndefined()
    expect(clock('x', new Date(), none)).toBeUndefined()
  })
})

const side = (state: Introduction['need']['state'], due_at?: string): Introduction['need'] => ({
  organisation: 'o_1',
  title: '标题',
  state,
  due_at,
  stage: 0,
  nudges: 0,
  changed: 0,
})
const introduction = (change: Partial<Introduction> = {}): Introduction => ({
  id: 'e_1',
  version: 1,
  need_id: 'n_1',
  achievement_id: 'a_1',
  state: 'invited',
  state_label: '待双方答复',
  need: side('waiting', '2026-11-27T16:00:00Z'),
  achievement: side('waiting', '2026-11-25T16:00:00Z'),
  score: 0.5,
  level: 3,
  created_at: '2026-11-20T00:00:00Z',
  updated_at: '2026-11-20T00:00:00Z',
  overdue: false,
  awaited: ['need', 'achievement'],
  may: [],
  ...change,
})

describe('whose turn it is', () => {
  it('is said from where one looks', () => {
    expect(awaitedText(introduction({ party: 'need' }))).toBe('等我方、成果方答复')
    expect(awaitedText(introduction({ party: 'broker', awaited: ['broker'] }))).toBe('等我答复')
    expect(awaitedText(introduction({ party: 'broker' }))).toBe('等双方答复')
    expect(awaitedText(introduction({ awaited: [] }))).toBe('')
    expect(awaitsMe(introduction({ party: 'achievement' }))).toBe(true)
    expect(awaitsMe(introduction())).toBe(false)
    expect(mySide(introduction({ party: 'broker' }))).toBeUndefined()
  })
  it('has the date of my side first, else the earliest, and none once it is over', () => {
    expect(dueOf(introduction({ party: 'need' }))).toBe('2026-11-27T16:00:00Z')
    expect(dueOf(introduction({ party: 'broker' }))).toBe('2026-11-25T16:00:00Z')
    expect(dueOf(introduction({ state: 'closed' }))).toBeUndefined()
  })
  it('tells whom to remind', () => {
    const i = introduction({ may: ['remind'], awaited: ['achievement', 'broker'] })
    expect(remindable(i)).toEqual([{ id: 'e_1', side: 'achievement' }])
    expect(remindable({ ...i, may: [] })).toEqual([])
  })
  it('says what comes next, whatever the state', () => {
    for (const state of ['invited', 'interested', 'declined', 'expired', 'closed'] as const)
      expect(standing(introduction({ state, party: 'need' }))).not.toBe('')
    expect(standing(introduction({ party: 'need', need: side('interested'), awaited: ['need'] }))).toContain(
      '留言',
    )
  })
})

describe('answers', () => {
  it('are those that the state allows', () => {
    expect(offered('waiting')).toEqual(['interested', 'more_info', 'declined'])
    expect(offered('more_info')).toEqual(['interested', 'declined'])
    expect(offered('interested')).toEqual(['declined'])
    expect(offered('declined')).toEqual([])
  })
  it('tell what follows', () => {
    expect(consequence('interested', 'waiting', false)).toContain('对方也有意向后')
    expect(consequence('interested', 'interested', true)).toContain('保密承诺')
    expect(consequence('interested', 'interested', false)).not.toContain('保密承诺')
    expect(consequence('declined', 'waiting', false)).toContain('不能再改')
    expect(consequence('more_info', 'waiting', false)).toContain('暂停')
  })
})

describe('where a message leads', () => {
  it.each([
    ['introduction', 'e_1', 'enterprise', '/introductions/e_1'],
    ['deal', 'l_1', 'broker', '/deals/l_1'],
    ['need', 'n_1', 'enterprise', '/needs/n_1'],
    ['candidate', 'k_1', 'broker', '/queue/k_1'],
    ['question', 'q_1', 'university', '/mine/questions'],
    ['review', 'n_1', 'operator', '/reviews/need/n_1'],
    ['review', 'a_1', 'operator', '/reviews/achievement/a_1'],
    ['review', '', 'operator', '/reviews'],
    ['signup', 'y_1', 'operator', '/signups/y_1'],
    ['queue', '', 'broker', '/queue'],
    ['subscription', 'f_1', 'broker', '/subscriptions/f_1'],
    ['subscription', '', 'broker', '/preferences#subscriptions'],
    ['matches', 'a_1', 'university', '/mine/matches?record=a_1'],
    ['matches', '', 'university', '/mine/matches'],
    ['mine', 'need', 'enterprise', '/mine/needs?status=published'],
    ['user', 'u_1', 'operator', '/users/u_1'],
    ['user', 'u_1', 'enterprise', '/account'],
  ] as const)('%s %s for %s', (type, id, role, want) => expect(objectPath({ type, id }, role)).toBe(want))
  it('is nowhere for what has no page', () => {
    expect(objectPath({ type: '', id: '' }, 'broker')).toBeUndefined()
    expect(objectPath({ type: 'moon', id: '1' }, 'broker')).toBeUndefined()
    expect(objectPath(undefined, 'broker')).toBeUndefined()
  })
})

describe('meetings', () => {
  it('are typed and shown in Beijing time', () => {
    expect(typedInstant('2026-11-27T14:30')).toBe('2026-11-27T06:30:00.000Z')
    expect(typedInstant('2026-11-27')).toBeUndefined()
    expect(meetingTime('2026-11-27T06:30:00Z', 60)).toBe('11月27日 周五 14:30—15:30')
    expect(meetingTime('2031-01-01T00:00:00Z', 30)).toContain('2031年')
    expect(soonest(beijing('2026-11-22T23:50:00'))).toBe('2026-11-23T00:05')
  })
})

describe('subscriptions', () => {
  const codes = { label: (_: string, code: string | undefined) => `〔${code}〕` }
  const state = {
    kind: 'achievement' as const,
    q: '碳化硅',
    sort: 'newest',
    filter: { ...filterOf({ regions: ['320900'], years: [2026] }), statuses: ['paused'], trl_min: 6 },
  }
  it('are made of a search without its states', () => {
    expect(inputOf(state, '名')).toEqual({
      kind: 'search',
      name: '名',
      side: 'achievement',
      text: '碳化硅',
      filter: { regions: ['320900'], years: [2026], trl_min: 6 },
    })
  })
  it('lead back to it', () => {
    const s: Subscription = {
      id: 'f_1',
      version: 3,
      active: true,
      created_at: '',
      updated_at: '',
      ...inputOf(state, '名'),
      filter: { regions: ['320900'], years: [2026] },
    }
    expect(searchOf(s)).toEqual({
      path: '/search',
      query: { kind: 'achievement', q: '碳化硅', sort: 'updated', regions: '320900', years: '2026' },
    })
    expect(again(s)).toMatchObject({ version: 3, active: true, filter: { years: [2026] } })
  })
  it('are named by what they wait for', () => {
    expect(suggestedName(state, codes)).toBe('碳化硅 · 〔320900〕 · 2026 年 · 成果')
    expect(conditions(filterOf({ organisations: ['o_1', 'o_2'] }), codes)).toEqual(['2 家单位'])
    expect(conditions(state.filter, codes)).toContain('TRL 6 及以上')
  })
})
