// The form of a need or an achievement as it is being filled in: everything is text until it is sent, so that nothing
// half-typed is lost. One shape serves both sides; which fields a side has is said in steps.ts.

import type { AnyRecord, IP, Metric, Money, TeamMember } from '@/api/model'
import { fenOf, numberOf, wanOf } from './numbers'

export interface MoneyForm {
  choice: '' | 'negotiable' | 'fixed' | 'range'
  /** 万元, as typed. A single sum is low. */
  low: string
  high: string
}

/** The API's comparators, and 文字 for an indicator without a number. */
export const comparators = ['≥', '≤', '>', '<', '=', '～', '±', '文字'] as const

interface Row {
  /** Tells rows apart while they are moved; not sent. */
  key: number
}
export interface MetricRow extends Row {
  name: string
  comparator: string
  value: string
  upper: string
  unit: string
  current: string
  text: string
}
export type IPRow = Row & Required<IP>
export type TeamRow = Row & Required<TeamMember>

export interface ContactForm {
  name: string
  position: string
  mobile: string
  phone: string
  email: string
}

export interface Form {
  title: string
  keywords: string[]
  region: string
  industries: string[]
  fields: string[]
  emerging: string[]
  cooperation: string[]
  price: MoneyForm
  valid_until: string
  contact: ContactForm
  disclosure: string
  summary: string
  confidential: string
  external_id: string
  metrics: MetricRow[]
  /** Organisation that an operator enters for; empty for the owner's own. */
  owner: { id: string; name: string }
  // A need's.
  category: string
  background: string
  problem: string
  constraints: string
  foundation: string
  outcomes: string[]
  min_trl: number
  intended_partners: string[]
  intended_experts: string[]
  deadline: string
  challenge: boolean
  bounty: MoneyForm
  expert_visits: boolean
  joins_selection: boolean
  services: string[]
  // An achievement's.
  abstract: string
  innovations: string
  applications: string
  benefit: string
  usage: string
  maturity: string
  trl: number
  registry_number: string
  completed_on: string
  attribute: string
  form: string
  level: string
  evaluation: string
  acquisition: string
  funding: string
  awards: string
  subjects: string[]
  ips: IPRow[]
  team: TeamRow[]
}

export type FieldName = keyof Form

let lastKey = 0
const freshRow = <T extends object>(row: T): T & Row => ({ ...row, key: ++lastKey })

const noMoney = (): MoneyForm => ({ choice: '', low: '', high: '' })
const noContact = (): ContactForm => ({ name: '', position: '', mobile: '', phone: '', email: '' })
export const blankMetric = (): MetricRow =>
  freshRow({ name: '', comparator: '≥', value: '', upper: '', unit: '', current: '', text: '' })
export const blankIP = (): IPRow => freshRow({ kind: '', number: '', title: '', state: '' })
export const blankMember = (): TeamRow => freshRow({ name: '', title: '', role: '', unit: '' })

const texts = [
  ...(['title', 'region', 'valid_until', 'disclosure', 'summary', 'confidential', 'external_id'] as const),
  ...(['category', 'background', 'problem', 'constraints', 'foundation', 'deadline'] as const),
  ...([
    'abstract',
    'innovations',
    'applications',
    'benefit',
    'usage',
    'maturity',
    'registry_number',
  ] as const),
  ...([
    'completed_on',
    'attribute',
    'form',
    'level',
    'evaluation',
    'acquisition',
    'funding',
    'awards',
  ] as const),
]
const lists = [
  ...(['keywords', 'industries', 'fields', 'emerging', 'cooperation', 'outcomes', 'services'] as const),
  ...(['intended_partners', 'intended_experts', 'subjects'] as const),
]
const flags = ['challenge', 'expert_visits', 'joins_selection'] as const
const levels = ['min_trl', 'trl'] as const
const sums = ['price', 'bounty'] as const

/** What the form says of a record; of nothing, the empty form. */
export function formOf(record: Partial<AnyRecord> = {}): Form {
  const r = record as Record<string, unknown>
  const form: Record<string, unknown> = { disclosure: 'public' }
  for (const name of texts) form[name] = r[name] || (form[name] ?? '')
  for (const name of lists) form[name] = [...((r[name] as string[] | undefined) ?? [])]
  for (const name of flags) form[name] = !!r[name]
  for (const name of levels) form[name] = r[name] ?? 0
  for (const name of sums) form[name] = moneyForm(r[name] as Money | undefined)
  form.contact = { ...noContact(), ...(r.contact as Partial<ContactForm> | undefined) }
  form.metrics = ((r.metrics as Metric[] | undefined) ?? []).map(metricRow)
  form.ips = ((r.ips as IP[] | undefined) ?? []).map((ip) => ({ ...blankIP(), ...ip }))
  form.team = ((r.team as TeamMember[] | undefined) ?? []).map((m) => ({ ...blankMember(), ...m }))
  const owner = r.owner as { id?: string; name?: string } | undefined
  form.owner = { id: owner?.id ?? '', name: owner?.name ?? '' }
  return form as unknown as Form
}

export function moneyForm(m: Money | undefined): MoneyForm {
  if (m?.kind === 'negotiable') return { ...noMoney(), choice: 'negotiable' }
  if (m?.kind !== 'amount') return noMoney()
  if (m.min === m.max) return { choice: 'fixed', low: wanOf(m.min), high: '' }
  return { choice: 'range', low: wanOf(m.min), high: wanOf(m.max) }
}

/** The sum in fen; undefined while what was typed is none. A range may be open on one side. */
export function moneyOf(m: MoneyForm): Money | undefined {
  if (m.choice === '' || m.choice === 'negotiable') return { kind: m.choice }
  const low = m.low.trim() ? fenOf(m.low) : 0
  const high = m.choice === 'fixed' ? low : m.high.trim() ? fenOf(m.high) : 0
  if (low === undefined || high === undefined || (!low && !high)) return undefined
  if (high && low > high) return undefined
  return { kind: 'amount', ...(low && { min: low }), ...(high && { max: high }) }
}

function metricRow(m: Metric): MetricRow {
  const given = (n: number | undefined): string => (m.comparator ? String(n ?? 0) : '')
  const two = m.comparator === '～' || m.comparator === '±'
  return freshRow({
    name: m.name,
    comparator: m.comparator || '文字',
    value: given(m.value),
    upper: two ? given(m.upper) : '',
    unit: m.unit ?? '',
    current: m.current ?? '',
    text: m.text ?? '',
  })
}

export const isEmptyMetric = (m: MetricRow): boolean =>
  ![m.name, m.value, m.upper, m.unit, m.current, m.text].some((t) => t.trim())

/** The indicator; undefined while something of it is missing. */
export function metricOf(m: MetricRow): Metric | undefined {
  const name = m.name.trim()
  const rest = m.current.trim() ? { current: m.current.trim() } : {}
  if (!name) return undefined
  if (m.comparator === '文字') return m.text.trim() ? { name, text: m.text.trim(), ...rest } : undefined
  const value = numberOf(m.value)
  const upper = m.comparator === '～' || m.comparator === '±' ? numberOf(m.upper) : undefined
  const wanting = (m.comparator === '～' || m.comparator === '±') && upper === undefined
  if (value === undefined || wanting || (m.comparator === '～' && upper! < value)) return undefined
  return {
    name,
    comparator: m.comparator as Metric['comparator'],
    value,
    ...(upper !== undefined && { upper }),
    ...(m.unit.trim() && { unit: m.unit.trim() }),
    ...rest,
  }
}

/** Rows that are equal whatever their keys give equal texts. */
export const printed = (value: unknown): string =>
  JSON.stringify(value, (name, v: unknown) => (name === 'key' ? undefined : v))

/** The form with fresh keys: one that was kept in this browser has those of another visit. */
export const rekeyed = (form: Form): Form => ({
  ...formOf(),
  ...form,
  metrics: form.metrics.map(freshRow),
  ips: form.ips.map(freshRow),
  team: form.team.map(freshRow),
})
