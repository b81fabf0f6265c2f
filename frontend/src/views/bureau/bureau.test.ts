import { describe, expect, it } from 'vitest'
import type { Need } from '@/api/model'
import type { Schemas } from '@/api/model'
import { ranked } from './assignments/reasons'
import { byField, fieldOf, fieldOfAspect, withComment } from './reviews/comments'
import { markChanges, tokens } from './reviews/diff'
import { formFields, sideBySide } from './reviews/fields'
import { neighbour } from './reviews/queue'
import {
  calendarLines,
  numberLines,
  policyLines,
  targetLines,
  undertakingLines,
  type SubsidyPolicy,
} from './settings/history'
import { queueRules } from './settings/rules'
import { age, dueOf, waitedText } from './reviews/waiting'
import { dayText, monthOf, toggled, workdays, worked } from './settings/calendar'
import { policyState } from './settings/subsidy'
import { coreName } from './signups/names'
import { actsOf, rolesOf } from './users/userActs'

const text = (spans: { text: string; hit?: boolean }[]): string =>
  spans.map((s) => (s.hit ? `[${s.text}]` : s.text)).join('')

describe('what changed between two texts', () => {
  it.each([
    ['', '新写的', '', '[新写的]'],
    ['原来的', '', '[原来的]', ''],
    ['一样', '一样', '一样', '一样'],
    ['空洞率降低', '空洞率明显降低', '空洞率降低', '空洞率[明显]降低'],
    ['400～600 万元', '50～600 万元', '[400]～600 万元', '[50]～600 万元'],
    ['耐温 120 ℃', '耐温 125 ℃', '耐温 [120] ℃', '耐温 [125] ℃'],
    ['SiC 模块', 'GaN 模块', '[SiC] 模块', '[GaN] 模块'],
  ])('%j → %j', (before, after, left, right) => {
    const m = markChanges(before, after)
    expect([text(m.before), text(m.after)]).toEqual([left, right])
  })
  it('keeps numbers, words and rare characters whole', () => {
    expect(tokens('1,200V 𠮷林')).toEqual(['1,200', 'V', ' ', '𠮷', '林'])
  })
  it('marks the rest as a whole when the texts are too long to compare', () => {
    const long = (c: string): string => c.repeat(1500)
    expect(markChanges(`头${long('甲')}`, `头${long('乙')}`).after).toEqual([
      { text: '头', hit: false },
      { text: long('乙'), hit: true },
    ])
  })
  it('joins to the texts that were given', () => {
    const [a, b] = ['滩面承载力低，轮式机械下陷。', '滩面承载力很低，履带机械不下陷！']
    const m = markChanges(a, b)
    expect([m.before.map((s) => s.text).join(''), m.after.map((s) => s.text).join('')]).toEqual([a, b])
  })
})

describe('the record as fields', () => {
  const codes = { label: (_: string, c?: string) => c ?? '', path: (_: string, c?: string) => c ?? '' }
  const need = {
    id: 'n_1',
    title: '甲',
    owner: { name: '公司' },
    problem: '难题',
    metrics: [{ name: '效率', comparator: '≥', value: 3, unit: 'kg', current: '1' }],
    price: { kind: 'negotiable' },
    contact: {},
  } as unknown as Need
  it('reads values as people write them', () => {
    const fields = new Map(formFields(need, 'need', codes).map((f) => [f.name, f.text]))
    expect(fields.get('metrics')).toBe('效率 ≥ 3 kg（现状 1）')
    expect(fields.get('price')).toBe('面议')
    expect(fields.get('background')).toBe('')
  })
  it('sets two side by side and leaves out what both left empty', () => {
    const other = { ...need, problem: '另一个难题' } as Need
    const pairs = sideBySide(formFields(need, 'need', codes), formFields(other, 'need', codes))
    expect(pairs.filter((p) => p.differs).map((p) => p.name)).toEqual(['problem'])
    expect(pairs.map((p) => p.name)).not.toContain('background')
  })
})

describe('comments', () => {
  it('stand by the field that a path begins with', () => {
    expect(fieldOf('metrics[0].value')).toBe('metrics')
    expect([...byField([{ field: 'metrics[0]', message: '单位' }]).keys()]).toEqual(['metrics'])
    expect(fieldOfAspect('need', 'budget')).toBe('price')
    expect(fieldOfAspect('need', '没有')).toBe('')
  })
  it('are not said twice, nor empty', () => {
    const one = withComment([], { field: 'title', message: ' 写清对象 ' })
    expect(one).toEqual([{ field: 'title', message: '写清对象' }])
    expect(withComment(one, { field: 'title', message: '写清对象' })).toHaveLength(1)
    expect(withComment(one, { field: 'title', message: ' ' })).toHaveLength(1)
  })
})

describe('the queue', () => {
  const items = ['a', 'b', 'c'].map((record_id) => ({ record_id }))
  const none = (): boolean => false
  it('goes on and back, and stops at its ends', () => {
    expect(neighbour(items, 'a', 1, none)?.record_id).toBe('b')
    expect(neighbour(items, 'a', -1, none)).toBeUndefined()
    expect(neighbour(items, '不在', 1, none)?.record_id).toBe('a')
  })
  it('leaves out what is answered', () => {
    expect(neighbour(items, 'a', 1, (i) => i.record_id === 'b')?.record_id).toBe('c')
  })
  it('says how long it has waited', () => {
    const now = Date.parse('2026-11-20T04:00:00Z')
    const due = (day: string): string => `${day}T16:00:00Z`
    expect(
      [undefined, due('2026-11-23'), due('2026-11-20'), due('2026-11-19')].map((d) => age(d, now)),
    ).toEqual(['fresh', 'fresh', 'due', 'late'])
    expect(dueOf('2026-11-20T04:00:00Z', 3, new Map([['2026-11-24', 'off']]))).toBe(
      '2026-11-27T00:00:00+08:00',
    )
    expect(waitedText(0, due('2026-11-23'), now)).toBe('今天提交')
    expect(waitedText(6, due('2026-11-18'), now)).toBe('等待 6 天，逾期 2 天')
  })
})

describe('the calendar', () => {
  const special = new Map<string, Schemas['SpecialDay']>([
    ['2026-10-01', { day: '2026-10-01', kind: 'off', name: '国庆节' }],
    ['2026-10-10', { day: '2026-10-10', kind: 'work', name: '国庆节调休' }],
  ])
  const days = monthOf(2026, 10, special, new Set(['2026-10-10'])).flat()
  const of = (n: number) => days.find((d) => d?.number === n)!
  it('lays the month out from Monday', () => {
    expect(days).toHaveLength(35)
    expect(days.slice(0, 4).map((d) => d?.number)).toEqual([undefined, undefined, undefined, 1])
    expect(monthOf(2028, 2, new Map(), new Set()).flat().filter(Boolean)).toHaveLength(29)
  })
  it('knows holidays, weekends and weekends that are worked', () => {
    expect([of(1).kind, of(3).kind, of(10).kind, of(12).kind]).toEqual(['off', 'weekend', 'makeup', 'work'])
    expect(dayText(of(1))).toBe('国庆节 放假')
    expect(dayText(of(10))).toBe('国庆节调休 调休上班 （自行补充）')
    expect(worked(of(10))).toBe(true)
  })
  it('turns a day round, and back', () => {
    const none = { days: [], years: {} }
    const once = toggled(none, of(12), '停电')
    expect(once.days).toEqual([{ day: '2026-10-12', kind: 'off', name: '停电' }])
    expect(toggled(once, { ...of(12), kind: 'off' }, '')).toEqual(none)
    expect(toggled(none, of(1), '').days[0]?.kind).toBe('work')
  })
  it('counts the days that are worked', () => {
    expect(workdays(2026, new Map())).toBe(261)
    expect(workdays(2026, special)).toBe(261)
  })
})

describe('accounts', () => {
  const user = { id: 'u_1', role: 'enterprise', state: 'active', totp: true } as Schemas['User']
  const system = { id: 'u_s', may: (p: string) => p === 'account.manage' }
  const security = { id: 'u_e', may: (p: string) => p === 'security.manage' }
  it('are kept by one administrator, what they may do by the other', () => {
    expect(actsOf(user, system)).toEqual(['edit', 'lock', 'disable', 'password', 'logout'])
    expect(actsOf(user, security)).toEqual(['grant', 'lock', 'disable', 'logout', 'clearFactor'])
    expect(actsOf(user, { id: 'u_o', may: () => false })).toEqual([])
    expect(actsOf(user, { ...system, id: 'u_1' })).toEqual([])
  })
  it('of administrators are not the system administrator’s', () => {
    expect(actsOf({ ...user, role: 'auditor' }, system)).toEqual([])
  })
  it('with a role of the bureau are let in by the security administrator', () => {
    const waiting = { ...user, role: 'operator', state: 'pending' } as Schemas['User']
    expect(actsOf(waiting, system)).not.toContain('enable')
    expect(actsOf(waiting, security)).toContain('enable')
  })
  it('have roles that suit their organisation', () => {
    expect(rolesOf('enterprise')).toEqual(['enterprise'])
    expect(rolesOf('agency')).toEqual(['broker'])
    expect(rolesOf(undefined)).not.toContain('enterprise')
  })
})

it('looks for organisations by what is particular in a name', () => {
  expect(coreName('江苏盐城海晟智能装备有限公司')).toBe('海晟智能')
  expect(coreName('东台绿垄果蔬专业合作社')).toBe('绿垄果蔬')
  expect(coreName('盐城大学')).toBe('盐城')
})

it('says whether a policy holds', () => {
  expect(policyState({ effective_from: '2026-01-01' }, '2026-06-01')).toBe('施行中')
  expect(policyState({ effective_from: '2027-01-01' }, '2026-06-01')).toBe('尚未施行')
  expect(policyState({ effective_from: '2025-01-01', effective_until: '2025-12-31' }, '2026-06-01')).toBe(
    '已终止',
  )
})

it('lets a policy take over from the one before in the same region', () => {
  const first = { region: '320900', effective_from: '2026-01-01', created_at: '2025-12-01' }
  const next = { region: '320900', effective_from: '2026-06-01', created_at: '2026-05-01' }
  const mended = { ...next, created_at: '2026-05-02' }
  const elsewhere = { region: '320902', effective_from: '2026-02-01', created_at: '2026-01-01' }
  const all = [first, next, mended, elsewhere]
  expect(all.map((p) => policyState(p, '2026-05-31', all))).toEqual([
    '施行中',
    '尚未施行',
    '尚未施行',
    '施行中',
  ])
  expect(all.map((p) => policyState(p, '2026-06-01', all))).toEqual([
    '已被接替',
    '已被接替',
    '施行中',
    '施行中',
  ])
})

it('puts the most frequent reason first', () => {
  expect(ranked({ below_level: 2, rejected: 5 }).map((r) => r.label)).toEqual(['已被否定', '等级不够'])
})

describe('the history of settings', () => {
  it('names what changed, in the units of the form', () => {
    expect(
      numberLines(queueRules, { second_share: 0.05, per_week: 30 }, { second_share: 0.1, per_week: 30 }),
    ).toEqual([{ label: '第二意见比例', from: '5 %', to: '10 %' }])
  })
  it('tells targets by year and in 万元', () => {
    const before = { 2026: { values: { needs: 100, contract_amount: 1_000_000_00 } } }
    const after = { 2026: { values: { needs: 120, contract_amount: 1_000_000_00 }, matching_rate: 0.8 } }
    expect(targetLines(before, after)).toEqual([
      { label: '2026 年 · 技术需求', from: '100 条', to: '120 条' },
      { label: '2026 年 · 对接率', from: '0 %', to: '80 %' },
    ])
  })
  it('tells what a policy says otherwise than the one before', () => {
    const codes = { label: (_: string, c?: string) => c ?? '', path: (_: string, c?: string) => c ?? '' }
    const before = {
      name: '办法',
      effective_from: '2026-01-01',
      base: 'received',
      rate: 500,
      achievement_cap: 0,
      organisation_cap: 0,
      minimum: 0,
      registered: false,
      beneficiary: 'seller',
    } as SubsidyPolicy
    const after = { ...before, rate: 550, achievement_cap: 20_000_000, effective_until: '2026-12-31' }
    expect(policyLines(codes, before, after).map((l) => l.label)).toEqual([
      '终止日期',
      '补助比例',
      '单项成果上限',
    ])
    expect(policyLines(codes, before, after)[1]).toEqual({ label: '补助比例', from: '5%', to: '5.5%' })
    expect(policyLines(codes, before, before)).toEqual([])
    expect(policyLines(codes, undefined, before)).toHaveLength(10)
  })
  it('tells the paragraphs of a text that changed', () => {
    const before = { title: '承诺', text: '一\n二\n三\n四' }
    expect(undertakingLines(before, { title: '承诺书', text: '一\n二点\n新\n三\n四' })).toEqual([
      { label: '标题', from: '承诺', to: '承诺书' },
      { label: '正文第 2 段', from: '二', to: '二点' },
      { label: '正文第 3 段', from: '', to: '新' },
    ])
    expect(undertakingLines(before, { title: '承诺', text: '一\n四' }).map((l) => [l.from, l.to])).toEqual([
      ['二', ''],
      ['三', ''],
    ])
    expect(
      undertakingLines(before, { title: '承诺', text: '一。\n二\n三\n\n五' }).map((l) => [
        l.label,
        l.from,
        l.to,
      ]),
    ).toEqual([
      ['正文第 1 段', '一', '一。'],
      ['正文第 4 段', '四', '五'],
    ])
    expect(undertakingLines(before, before)).toEqual([])
    expect(undertakingLines(undefined, before).map((l) => l.to)).toEqual(['承诺', '7 字'])
  })
  it('tells days that came and went', () => {
    const before = { days: [{ day: '2027-01-02', kind: 'off' as const, name: '元旦' }] }
    const after = { days: [{ day: '2027-01-04', kind: 'work' as const }], years: { 2027: '通知' } }
    expect(calendarLines(before, after)).toEqual([
      { label: '2027-01-02', from: '放假 元旦', to: '' },
      { label: '2027-01-04', from: '', to: '上班' },
      { label: '2027 年的依据', from: '', to: '通知' },
    ])
  })
})
