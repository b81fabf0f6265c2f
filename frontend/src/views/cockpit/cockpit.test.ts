import { describe, expect, it } from 'vitest'
import { ticks, squarify } from '@/charts/scale'
import {
  below,
  change,
  comeMonths,
  monthly,
  mainWay,
  pace,
  paceText,
  rateText,
  responses,
  way,
  words,
  type Card,
  type Figure,
  type FunnelStep,
  type PeriodCard,
} from './cockpit'
import { facts, waiting } from './links'
import { around, choices, fromAddress, kindOf, label, length, monthOf, shift } from './period'

const card = (value: number, unit: Card['unit'] = 'count', has = true): PeriodCard => ({
  name: 'needs',
  label: '技术需求',
  definition: '',
  unit,
  value,
  indicators: ['needs'],
  has,
})

describe('a change', () => {
  it('is a percentage of what was', () => {
    expect(change(card(10), 8)).toEqual({ direction: 'up', text: '25%' })
    expect(change(card(6), 8)).toEqual({ direction: 'down', text: '25%' })
    expect(change(card(8), 8)).toEqual({ direction: 'same', text: '持平' })
  })
  it('has no percentage of nothing', () => {
    expect(change(card(8), 0).text).toBe('基数为零')
    expect(change(card(0), 0).text).toBe('持平')
    expect(change(card(8), undefined).direction).toBe('none')
    expect(change(card(0, 'part', false), 0.5).direction).toBe('none')
  })
  it('of a rate is in points, of hours in hours', () => {
    expect(change(card(0.5, 'part'), 0.45)).toEqual({ direction: 'up', text: '5 个百分点' })
    expect(change(card(60, 'hours'), 70.5)).toEqual({ direction: 'down', text: '10.5 小时' })
  })
})

describe('pace', () => {
  const goal = (reached: number, unit: Card['unit'] = 'count'): Card => ({
    ...card(1, unit),
    target: 1,
    reached,
  })
  it('compares what was reached with the time that passed', () => {
    expect(pace(goal(0.9), 0.89)).toBe('ahead')
    expect(pace(goal(0.88), 0.89)).toBe('behind')
    expect(pace(goal(1.2), 0.89)).toBe('done')
  })
  it('is no matter of time for a rate', () => {
    expect(paceText(goal(0.95, 'part'), 0.1)).toBe('低于目标')
    expect(paceText(goal(1, 'part'), 0.1)).toBe('达到目标')
  })
})

describe('the funnel', () => {
  const step = (name: string, rate?: number): FunnelStep => ({
    name,
    label: '',
    definition: '',
    indicator: name,
    value: 1,
    rate,
  })
  it('says rates, and of candidates how many come of a need', () => {
    expect(rateText(step('mutual', 0.509))).toBe('50.9%')
    expect(rateText(step('contracts', 2))).toBe('200%')
    expect(rateText(step('candidates', 1.18))).toBe('1.2 个/条')
    expect(rateText(step('accepted'))).toBe('—')
  })
})

const figure = (indicator: string, key: string, value: number): Figure => ({
  indicator,
  key,
  label: key,
  value,
  count: value,
})

describe('months', () => {
  it('are those of the year', () => {
    const all = [figure('needs', '2026-03', 4), figure('needs', '2025-03', 9), figure('deals', '2026-03', 7)]
    expect(monthly(all, 'needs', 2026)[2]).toBe(4)
    expect(monthly(all, 'needs', 2025).reduce((a, b) => a + b)).toBe(9)
  })
  it('have come by the clock in Beijing', () => {
    expect(comeMonths(2026, '2026-10-31T16:00:00Z')).toBe(11)
    expect(comeMonths(2026, '2026-10-31T15:59:59Z')).toBe(10)
    expect(comeMonths(2025, '2026-01-01T00:00:00Z')).toBe(12)
    expect(comeMonths(2027, '2026-01-01T00:00:00Z')).toBe(0)
  })
})

describe('places', () => {
  const items = [
    { code: '320000', label: '江苏省' },
    { code: '320900', label: '盐城市', parent: '320000' },
    { code: '320902', label: '亭湖区', parent: '320900' },
    { code: '320981', label: '东台市', parent: '320900' },
    { code: '120000', label: '天津市' },
    { code: '120100', label: '市辖区', parent: '120000' },
    { code: '120116', label: '滨海新区', parent: '120100' },
  ]
  const all = [
    figure('needs', '320900', 3),
    figure('needs', '320902', 5),
    figure('needs', '320981', 4),
    figure('needs', '120116', 8),
    figure('needs', '', 1),
    figure('deals', '320902', 50),
  ]
  const show = (top: string) => below(all, 'needs', items, top).map((p) => [p.label, p.value, p.opens])

  it('sum what lies below, at every level', () => {
    expect(show('')).toEqual([
      ['江苏省', 12, true],
      ['天津市', 8, true],
      ['未填写', 1, false],
    ])
    expect(show('320900')).toEqual([
      ['亭湖区', 5, false],
      ['东台市', 4, false],
      ['盐城市（未细分）', 3, false],
    ])
    const sum = below(all, 'needs', items, '').reduce((n, p) => n + p.value, 0)
    expect(sum).toBe(21)
  })
  it('pass levels that are names of nothing', () => {
    expect(show('120000')).toEqual([['滨海新区', 8, false]])
    expect(way(items, '120116').map((i) => i.label)).toEqual(['天津市', '滨海新区'])
  })
  it('begin where there is a choice', () => {
    expect(mainWay(all.slice(0, 3), 'needs', items, '')).toBe('320900')
    expect(mainWay(all, 'needs', items, '')).toBe('')
    const elsewhere = [figure('needs', '320981', 140), ...all]
    expect(mainWay(elsewhere, 'needs', items, '')).toBe('320900')
  })
})

describe('responses', () => {
  it('are ranked by rate', () => {
    const rows = responses([
      figure('asked', 'a', 4),
      figure('answers', 'a', 2),
      figure('answer_hours', 'a', 30),
      figure('asked', 'b', 2),
      figure('answers', 'b', 2),
      figure('needs', 'c', 9),
    ])
    expect(rows.map((r) => [r.key, r.rate])).toEqual([
      ['b', 1],
      ['a', 0.5],
    ])
  })
})

describe('links', () => {
  const scope = { from: '2026-01', until: '2026-12', region: '320900' }
  it('carry the period and the region', () => {
    expect(facts(scope, { indicators: ['needs'] })).toEqual({
      path: '/cockpit/facts',
      query: { indicators: 'needs', from: '2026-01', until: '2026-12', regions: '320900' },
    })
    expect(facts(scope, { indicators: ['needs'], region: '320981', exact: true })).toMatchObject({
      query: { regions: '320981', exact: 'true' },
    })
    expect(waiting('', { what: 'answers', over: 3, within: 7 })).toEqual({
      path: '/cockpit/waiting',
      query: { what: 'answers', over: '3', within: '7' },
    })
  })
})

describe('a period', () => {
  const now = new Date('2026-10-31T16:30:00Z') // November in Beijing
  it('is of Beijing', () => {
    expect(monthOf(now)).toBe('2026-11')
    expect(fromAddress(undefined, undefined, now)).toEqual({ from: '2026-01', until: '2026-12' })
  })
  it('refuses nonsense of the address', () => {
    for (const [from, until] of [
      ['2026-13', '2026-14'],
      ['2026-05', '2026-04'],
      ['x', 'y'],
      ['1900-01', '2026-01'],
    ])
      expect(fromAddress(from, until, now).from).toBe('2026-01')
  })
  it('is counted and named', () => {
    expect(shift('2026-01', -1)).toBe('2025-12')
    expect(shift('2025-12', 13)).toBe('2027-01')
    expect(around('2026-11', 'quarter')).toEqual({ from: '2026-10', until: '2026-12' })
    expect(label({ from: '2026-10', until: '2026-12' })).toBe('2026年第4季度')
    expect(label({ from: '2026-02', until: '2026-04' })).toBe('2026年2月至2026年4月')
    expect(kindOf({ from: '2026-04', until: '2026-06' })).toBe('quarter')
    expect(length({ from: '2025-11', until: '2026-02' })).toBe(4)
    expect(choices('quarter', now)[1]).toEqual({ from: '2026-07', until: '2026-09' })
  })
})

describe('amounts', () => {
  it('are in 万元', () => {
    expect(words(2_394_000_000, 'registered_amount', 'fen')).toBe('2,394 万元')
    expect(words(0.764, 'response_rate', 'part')).toBe('76.4%')
  })
})

describe('scales', () => {
  it('are round and reach the largest', () => {
    expect(ticks(10, true)).toEqual([0, 5, 10])
    expect(ticks(3, true)).toEqual([0, 1, 2, 3])
    expect(ticks(0, true)).toEqual([0, 1])
    expect(ticks(870e6, false).at(-1)).toBe(1e9)
  })
  it('a treemap fills its area in proportion', () => {
    const boxes = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4)
    const area = boxes.map((b) => b.width * b.height)
    expect(area.map((a) => Math.round(a))).toEqual([6, 6, 4, 3, 2, 2, 1])
    for (const b of boxes) {
      expect(b.x + b.width).toBeLessThanOrEqual(6 + 1e-9)
      expect(b.y + b.height).toBeLessThanOrEqual(4 + 1e-9)
    }
    expect(squarify([], 6, 4)).toEqual([])
  })
})
