// Amounts, dates and numbers as the trade writes them.

import { dayOf, timeOf, type Instant } from './beijing'

export interface Money {
  kind: string
  min?: number
  max?: number
}

/** Fen in one 万元 and in one 亿元. */
const wan = 1_000_000
const yi = 10_000 * wan

/** Fen as people write them, "380 万元", "1.2 亿元": at most two decimals, thousands separated. */
export function amount(fen: number): string {
  const unit = fen >= yi ? yi : wan
  const text = (fen / unit).toLocaleString('zh-CN', { maximumFractionDigits: 2 })
  // An amount below 50 元 would read as 0 万元.
  if (text === '0' && fen > 0) return `${(fen / 100).toLocaleString('zh-CN')} 元`
  return text + (unit === yi ? ' 亿元' : ' 万元')
}

/** "面议", "50 万元", "50～200 万元", "50 万元以上", "200 万元以内"; "" when nothing was stated. */
export function money(m: Money | undefined): string {
  if (!m || !m.kind) return ''
  if (m.kind === 'negotiable') return '面议'
  const min = m.min ?? 0
  const max = m.max ?? 0
  if (min === max) return amount(min)
  if (max === 0) return `${amount(min)}以上`
  if (min === 0) return `${amount(max)}以内`
  const [low, high] = [amount(min), amount(max)]
  const unit = / [万亿]?元$/.exec(high)?.[0] ?? ''
  return low.endsWith(unit) && low.slice(-unit.length) === unit
    ? `${low.slice(0, -unit.length)}～${high}`
    : `${low}～${high}`
}

/** 2026-11-22 → "2026年11月22日". Anything else is shown as it came. */
export function date(day: string | undefined): string {
  if (!day) return ''
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  return m ? `${m[1]}年${Number(m[2])}月${Number(m[3])}日` : day
}

/** An instant as a day, or with withTime as day and minute, in Beijing. */
export function instant(at: Instant | undefined, withTime = false): string {
  // What came before 1970 is how the server writes that there was no such moment.
  if (!at || !(new Date(at).getTime() >= 0)) return ''
  return date(dayOf(at)) + (withTime ? ` ${timeOf(at)}` : '')
}

export function count(n: number | undefined): string {
  return (n ?? 0).toLocaleString('zh-CN')
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(0)} KB`
  return `${(n / 1024 / 1024).toFixed(1)} MB`
}

export interface Metric {
  name: string
  comparator?: string
  value?: number
  upper?: number
  unit?: string
  text?: string
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** 0.1, 12,000, 5×10¹⁵: nobody counts fifteen zeros. */
export function figure(n: number): string {
  const size = Math.abs(n)
  if (n === 0 || (size >= 1e-4 && size < 1e7)) return n.toLocaleString('zh-CN', { maximumFractionDigits: 8 })
  const [mantissa = '', exponent = ''] = n.toExponential().split('e')
  const power = exponent
    .replace('+', '')
    .replace('-', '⁻')
    .replace(/\d/g, (d) => superscripts[Number(d)] ?? d)
  return mantissa === '1' ? `10${power}` : `${mantissa}×10${power}`
}

/** The value of an indicator as people write it: "≥ 1,200 V", "-40～125 ℃", "2 ± 0.1 μm". */
export function metricValue(m: Metric): string {
  if (m.text) return m.text
  if (!m.comparator) return ''
  const unit = m.unit ? ` ${m.unit}` : ''
  const value = figure(m.value ?? 0)
  const upper = figure(m.upper ?? 0)
  if (m.comparator === '～') return `${value}～${upper}${unit}`
  if (m.comparator === '±') return `${value} ± ${upper}${unit}`
  if (m.comparator === '=') return value + unit
  return `${m.comparator} ${value}${unit}`
}

/** Readiness as a table cell: "TRL 6 正样级". */
export function trl(level: number | undefined, label: string): string {
  if (!level) return ''
  const name = label.replace(new RegExp(`^(TRL\\s*)?${level}\\s*`), '')
  return name ? `TRL ${level} ${name}` : `TRL ${level}`
}
