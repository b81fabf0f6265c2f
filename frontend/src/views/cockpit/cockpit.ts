// What the cockpit shows, made of what the service answers: numbers in words, changes, pace, trees of regions and
// industries.

import type { Schemas } from '@/api/model'
import { dayOf } from '@/lib/beijing'

export type Cockpit = Schemas['Cockpit']
export type Card = Schemas['Card']
export type PeriodCard = Schemas['PeriodCard']
export type Figure = Schemas['Figure']
export type FunnelStep = Schemas['FunnelStep']
export type Ageing = Schemas['Ageing']
export type BrokerFigures = Schemas['BrokerFigures']
export type Unit = Card['unit']

/** The measure word of each indicator. */
const measures: Record<string, string> = {
  needs: '条',
  needs_introduced: '条',
  achievements: '项',
  introductions: '次',
  mutual: '次',
  asked: '方',
  answers: '方',
  declined: '方',
  contracts: '份',
  registrations: '份',
  stage_entered: '次',
}
const amounts = ['contract_amount', 'registered_amount', 'payments', 'subsidies']

export function unitOf(indicator: string): Unit {
  if (amounts.includes(indicator)) return 'fen'
  return ['answer_hours', 'stage_hours'].includes(indicator) ? 'hours' : 'count'
}

export const plain = (n: number, decimals = 0): string =>
  n.toLocaleString('zh-CN', { maximumFractionDigits: decimals })

/** A number as it is shown, without its unit: 分 in 万元, parts in percent. */
export function shown(value: number, unit: Unit): string {
  if (unit === 'fen') return plain(value / 1_000_000, 2)
  if (unit === 'part') return plain(value * 100, 1)
  return plain(value, unit === 'hours' ? 1 : 0)
}

export function unitText(name: string, unit: Unit): string {
  if (unit === 'fen') return '万元'
  if (unit === 'part') return '%'
  if (unit === 'hours') return '小时'
  return measures[name] ?? '个'
}

/** "67 条", "2,394 万元", "76.4%". */
export function words(value: number, name: string, unit: Unit): string {
  const text = unitText(name, unit)
  return shown(value, unit) + (text === '%' ? '' : ' ') + text
}

export interface Change {
  direction: 'up' | 'down' | 'same' | 'none'
  text: string
}

/** How a value stands beside an earlier one. Of nothing there is no percentage; rates differ by points. */
export function change(card: PeriodCard, then: number | undefined): Change {
  if (then === undefined || !card.has) return { direction: 'none', text: '无可比数据' }
  const difference = card.value - then
  if (shown(card.value, card.unit) === shown(then, card.unit)) return { direction: 'same', text: '持平' }
  const direction = difference > 0 ? 'up' : 'down'
  const size = Math.abs(difference)
  if (card.unit === 'part') return { direction, text: `${plain(size * 100, 1)} 个百分点` }
  if (card.unit === 'hours') return { direction, text: `${plain(size, 1)} 小时` }
  if (then <= 0) return { direction, text: then === 0 ? '基数为零' : words(size, card.name, card.unit) }
  return { direction, text: `${plain((size / then) * 100, 1)}%` }
}

export type Pace = 'done' | 'ahead' | 'behind'

/** Whether what was reached keeps pace with the year. A rate has no pace: it is reached or not. */
export function pace(goal: Card, passed: number): Pace {
  const reached = goal.reached ?? 0
  if (reached >= 1) return 'done'
  if (goal.unit === 'part') return 'behind'
  return reached >= passed ? 'ahead' : 'behind'
}

export function paceText(goal: Card, passed: number): string {
  const p = pace(goal, passed)
  if (goal.unit === 'part') return p === 'done' ? '达到目标' : '低于目标'
  return { done: '已完成', ahead: '达到时间进度', behind: '低于时间进度' }[p]
}

/** A step's rate as people read it: a part, or for candidates how many come of one need. */
export function rateText(step: FunnelStep): string {
  if (step.rate === undefined) return '—'
  return step.name === 'candidates' ? `${plain(step.rate, 1)} 个/条` : `${plain(step.rate * 100, 1)}%`
}

/** The twelve months of a year of one indicator. */
export function monthly(figures: readonly Figure[], indicator: string, year: number): number[] {
  const values = new Array<number>(12).fill(0)
  for (const f of figures)
    if (f.indicator === indicator && f.key.startsWith(`${year}-`))
      values[Number(f.key.slice(5)) - 1] = f.value
  return values
}

/** How many months of the year have come, by the clock in Beijing. */
export function comeMonths(year: number, at: string): number {
  const [y = 0, m = 0] = dayOf(at).split('-').map(Number)
  return year < y ? 12 : year > y ? 0 : m
}

/** The bounds of an age class in days. */
export function ageBounds(a: Ageing, i: number): { over?: number; within?: number } {
  return { over: a.days[i - 1], within: a.days[i] }
}

export function ageLabel(days: readonly number[], i: number): string {
  if (i === 0) return `${days[0]} 天内`
  return i === days.length ? `${days[i - 1]} 天以上` : `${days[i - 1]}～${days[i]} 天`
}

export interface Place {
  code: string
  label: string
  value: number
  /** Only what says no more than the code itself: the rest is in its siblings. */
  exact: boolean
  /** There is something below. */
  opens: boolean
}

interface Item {
  code: string
  label: string
  parent?: string
}

/** Levels that are names of nothing: 市辖区 of a city that is a province. */
const hollow = ['市辖区', '县', '省直辖县级行政区划', '自治区直辖县级行政区划']

/** What lies right below a code, or at the top: what each has, the most first. */
export function below(
  figures: readonly Figure[],
  indicator: string,
  items: readonly Item[],
  top: string,
): Place[] {
  const known = new Map(items.map((i) => [i.code, i]))
  const places = new Map<string, Place>()
  for (const f of figures) {
    if (f.indicator !== indicator || f.value === 0) continue
    const chain = [f.key]
    for (let at = known.get(f.key)?.parent; at; at = known.get(at)?.parent) chain.push(at)
    const depth = top ? chain.indexOf(top) : chain.length
    if (depth < 0) continue
    let at = depth - 1
    while (at > 0 && hollow.includes(known.get(chain[at]!)?.label ?? '')) at--
    const exact = at < 0
    const code = exact ? top : chain[at]!
    const name = code ? (known.get(code)?.label ?? f.label) : '未填写'
    const place = places.get(code) ?? {
      code: code || 'none',
      label: exact ? `${name}（未细分）` : name,
      value: 0,
      exact,
      opens: false,
    }
    place.value += f.value
    place.opens ||= at > 0
    places.set(code, place)
  }
  return [...places.values()].sort((a, b) => b.value - a.value)
}

/** Of a level nearly all of which is one place nothing is seen but that. */
const nearlyAll = 0.9

/** From the top down as far as nearly everything lies in one place. */
export function mainWay(
  figures: readonly Figure[],
  indicator: string,
  items: readonly Item[],
  top: string,
): string {
  const places = below(figures, indicator, items, top)
  const [first] = places
  const total = places.reduce((n, p) => n + p.value, 0)
  return first?.opens && first.value >= nearlyAll * total
    ? mainWay(figures, indicator, items, first.code)
    : top
}

/** The codes from the top down to one, for the way back. */
export function way(items: readonly Item[], code: string): Item[] {
  const known = new Map(items.map((i) => [i.code, i]))
  const found: Item[] = []
  for (let at = known.get(code); at; at = at.parent ? known.get(at.parent) : undefined)
    if (!hollow.includes(at.label)) found.unshift(at)
  return found
}

export interface Responding {
  key: string
  label: string
  asked: number
  answered: number
  hours: number
  rate: number
}

/** How often and how fast was answered, by region; the best first, and of equals who was asked more. */
export function responses(figures: readonly Figure[]): Responding[] {
  const rows = new Map<string, Responding>()
  for (const f of figures) {
    if (!['asked', 'answers', 'answer_hours'].includes(f.indicator)) continue
    const row = rows.get(f.key) ?? { key: f.key, label: f.label, asked: 0, answered: 0, hours: 0, rate: 0 }
    if (f.indicator === 'asked') row.asked = f.value
    if (f.indicator === 'answers') row.answered = f.value
    if (f.indicator === 'answer_hours') row.hours = f.value
    rows.set(f.key, row)
  }
  return [...rows.values()]
    .filter((r) => r.asked > 0)
    .map((r) => ({ ...r, rate: r.answered / r.asked }))
    .sort((a, b) => b.rate - a.rate || b.asked - a.asked)
}
