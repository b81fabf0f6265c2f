import { describe, expect, it } from 'vitest'
import type { Diagnosis, Need } from '@/api/model'
import { moved } from '../fields/rows'
import { bodyOf, differs, problemsOf } from './body'
import { hintsOf, twinsOf } from './hints'
import { merge } from './merge'
import {
  blankMetric,
  formOf,
  metricOf,
  moneyForm,
  moneyOf,
  rekeyed,
  type Form,
  type MetricRow,
} from './model'
import { fenOf, numberOf, wanOf } from './numbers'
import { fieldsOf, stepOfField, stepsOf } from './steps'

const need = {
  id: 'n_1',
  version: 3,
  status: 'draft',
  title: '降低空洞率',
  keywords: ['银膏'],
  owner: { id: 'o_1', name: '甲公司' },
  region: '320902',
  industries: ['C39'],
  fields: ['10203'],
  emerging: ['1.2'],
  cooperation: ['joint'],
  price: { kind: 'amount', min: 200_000_000, max: 300_000_000 },
  valid_until: '2027-06-30',
  contact: { name: '陈建国', phone: '0515-88001234' },
  disclosure: 'summary',
  summary: '摘要',
  external_id: 'N01',
  category: 'research',
  problem: '损失很大',
  metrics: [
    { name: '空洞率', comparator: '≤', value: 2, unit: '%', current: '6%' },
    { name: '零点', comparator: '=', value: 0, unit: 'V' },
    { name: '温度', comparator: '～', value: -40, upper: 175, unit: '℃' },
    { name: '阻燃', text: '达到 V-0' },
  ],
  outcomes: ['formula'],
  min_trl: 5,
  deadline: '2027-10-31',
  challenge: true,
  bounty: { kind: 'negotiable' },
  expert_visits: true,
  services: ['ip'],
  created_at: '',
  updated_at: '',
} as unknown as Need

const filled = (change: Partial<Form> = {}): Form => ({ ...formOf(need), ...change })
const metric = (change: Partial<MetricRow>): MetricRow => ({ ...blankMetric(), name: '良率', ...change })

describe('the form and the API', () => {
  it('gives back what it was made from', () => {
    const body = bodyOf('need', filled()) as Record<string, unknown>
    for (const name of [
      'title',
      'metrics',
      'price',
      'bounty',
      'fields',
      'deadline',
      'min_trl',
      'challenge',
      'external_id',
    ])
      expect(body[name], name).toEqual((need as unknown as Record<string, unknown>)[name])
    expect(differs('need', filled(), formOf(body))).toBe(false)
  })
  it('sends every field of its side and none of the other', () => {
    expect(Object.keys(bodyOf('need', filled()))).not.toContain('trl')
    expect(Object.keys(bodyOf('achievement', formOf()))).toEqual(
      expect.arrayContaining(['ips', 'team', 'trl', 'subjects']),
    )
    expect(new Set(fieldsOf('need').map((f) => f.name)).size).toBe(fieldsOf('need').length)
  })
  it('leaves out what is not finished, and says so', () => {
    const form = filled({
      metrics: [metric({}), metric({ value: '98', unit: '%' }), blankMetric()],
      price: { choice: 'fixed', low: '', high: '' },
    })
    const body = bodyOf('need', form) as Need
    expect(body.metrics).toEqual([{ name: '良率', comparator: '≥', value: 98, unit: '%' }])
    expect(body.price).toEqual({ kind: '' })
    const problems = problemsOf('need', form, '2026-11-22')
    expect(problems.map((p) => [p.field, p.unfinished])).toEqual([
      ['metrics[0].value', true],
      ['price', true],
    ])
  })
  it('keeps a record without a name from being sent', () => {
    const found = problemsOf('need', formOf(), '2026-11-22')
    expect(found).toEqual([{ field: 'title', message: '请填写需求名称' }])
    expect(
      problemsOf('achievement', { ...formOf(), title: '长'.repeat(121) }, '2026-11-22')[0]?.message,
    ).toContain('最多 120')
  })
  it('asks for a summary where only that is shown, and for an end that has not passed', () => {
    const form = filled({ summary: ' ', valid_until: '2026-11-21' })
    expect(problemsOf('need', form, '2026-11-22').map((p) => p.field)).toEqual(['valid_until', 'summary'])
  })
  it.each([
    ['mobile', '8800123', true],
    ['mobile', '0515-88001234', true],
    ['mobile', '+86 138-1234-8000', false],
    ['mobile', '１３８１２３４８０００', false],
    ['mobile', '138****8000', false],
    ['phone', '13812348000', true],
    ['phone', '88001234', false],
    ['phone', '', false],
  ])('knows a number of %s: %s', (name, number, wrong) => {
    const form = filled({})
    form.contact = { ...form.contact, [name]: number }
    const told = problemsOf('need', form, '2026-11-22').map((p) => p.field)
    expect(told.includes(`contact.${name}`)).toBe(wrong)
  })
  it('finds the step of a field by the path that the server names', () => {
    expect(stepOfField('need', 'metrics[2].unit')?.key).toBe('metrics')
    expect(stepOfField('achievement', 'contact.email')?.key).toBe('open')
    expect(stepsOf('need')[stepsOf('need').length - 1]?.key).toBe('check')
  })
})

describe('numbers and sums', () => {
  it.each([
    ['1,200', 1200],
    ['－40', -40],
    ['３．５', 3.5],
    ['5×10^15', 5e15],
    ['.5', 0.5],
    ['六', undefined],
    ['', undefined],
    ['1-2', undefined],
  ])('reads %s', (text, want) => expect(numberOf(text)).toBe(want))
  it('loses no fen', () => {
    for (const text of ['0.000001', '12.5', '999999999', '200']) expect(wanOf(fenOf(text))).toBe(text)
    expect(fenOf('12.1234567')).toBeUndefined()
    expect(fenOf('-5')).toBeUndefined()
  })
  it('reads sums of every kind', () => {
    expect(moneyOf({ choice: 'negotiable', low: '', high: '' })).toEqual({ kind: 'negotiable' })
    expect(moneyOf({ choice: 'fixed', low: '50', high: '9' })).toEqual({
      kind: 'amount',
      min: 50_000_000,
      max: 50_000_000,
    })
    expect(moneyOf({ choice: 'range', low: '', high: '200' })).toEqual({ kind: 'amount', max: 200_000_000 })
    expect(moneyOf({ choice: 'range', low: '500', high: '' })).toEqual({ kind: 'amount', min: 500_000_000 })
    expect(moneyOf({ choice: 'range', low: '200', high: '50' })).toBeUndefined()
    expect(moneyOf({ choice: 'fixed', low: '0', high: '' })).toBeUndefined()
    expect(moneyForm({ kind: 'amount', min: 500_000_000 })).toEqual({ choice: 'range', low: '500', high: '' })
  })
  it('wants both ends of a range, in order', () => {
    expect(metricOf(metric({ comparator: '～', value: '1' }))).toBeUndefined()
    expect(metricOf(metric({ comparator: '～', value: '3', upper: '1' }))).toBeUndefined()
    expect(metricOf(metric({ comparator: '±', value: '3', upper: '0.1' }))).toEqual({
      name: '良率',
      comparator: '±',
      value: 3,
      upper: 0.1,
    })
  })
})

describe('a change by somebody else', () => {
  it('is taken over where nothing was typed, and what was typed stays', () => {
    const base = filled()
    const m = merge(base, { ...base, problem: '我的' }, { ...filled(), constraints: '他的' })
    expect(m).toMatchObject({
      clashes: [],
      taken: ['constraints'],
      form: { problem: '我的', constraints: '他的' },
    })
  })
  it('of the same field is for the person to choose, and loses neither', () => {
    const base = filled()
    const m = merge(base, { ...base, problem: '我的' }, { ...base, problem: '他的' })
    expect(m.clashes).toEqual([{ field: 'problem', mine: '我的', theirs: '他的' }])
    expect(m.form.problem).toBe('我的')
  })
  it('that says the same is none', () => {
    const base = filled()
    const m = merge(base, { ...base, keywords: ['乙'] }, { ...base, keywords: ['乙'] })
    expect(m).toMatchObject({ clashes: [], taken: [] })
  })
  it('compares rows by what they say, not by their keys', () => {
    expect(merge(filled(), rekeyed(filled()), filled()).clashes).toEqual([])
  })
})

describe('what the clinic says', () => {
  const d = {
    questions: [{ aspect: 'budget', text: '投入多少？', why: '', heading: '' }],
    remarks: [
      { kind: 'vague', message: '大幅说不清', quote: '很大' },
      { kind: 'title', message: '名称太短' },
      { kind: 'length', message: '太短' },
    ],
    similar: [{ id: 'n_1' }, { id: 'n_2' }],
  } as unknown as Diagnosis
  it('stands beside the field it is about', () => {
    const found = hintsOf('need', filled(), d)
    expect(found.get('price')?.[0]?.text).toBe('投入多少？')
    expect(found.get('title')?.map((h) => h.text)).toContain('名称太短')
    expect(found.get('problem')?.map((h) => h.text)).toEqual(expect.arrayContaining(['大幅说不清', '太短']))
  })
  it('does not show a record as its own twin', () => {
    expect(twinsOf(d, 'n_1').map((s) => s.id)).toEqual(['n_2'])
  })
})

it('a row moves, and stays at the end', () => {
  const rows = [{ key: 1 }, { key: 2 }]
  expect(moved(rows, 2, -1)).toEqual([{ key: 2 }, { key: 1 }])
  expect(moved(rows, 2, 1)).toEqual(rows)
})
