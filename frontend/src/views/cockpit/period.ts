// The period that the cockpit shows: whole months, in the address as from and until. Today is the day in Beijing.

import { wall } from '@/lib/beijing'

export interface Period {
  from: string // 2026-01
  until: string
}

export type PeriodKind = 'year' | 'quarter' | 'month' | 'range'

export const kinds: readonly { kind: PeriodKind; label: string }[] = [
  { kind: 'year', label: '年' },
  { kind: 'quarter', label: '季度' },
  { kind: 'month', label: '月' },
  { kind: 'range', label: '自选' },
]

const pad = (n: number): string => String(n).padStart(2, '0')

/** The month in Beijing, "2026-11". */
export const monthOf = (now: Date): string => wall(now).slice(0, 7)

/** Moves a month by n. */
export function shift(month: string, n: number): string {
  const [year = 0, m = 1] = month.split('-').map(Number)
  const at = year * 12 + m - 1 + n
  return `${Math.floor(at / 12)}-${pad((at % 12) + 1)}`
}

/** How many months the period has. */
export function length(p: Period): number {
  const [fy = 0, fm = 0] = p.from.split('-').map(Number)
  const [uy = 0, um = 0] = p.until.split('-').map(Number)
  return (uy - fy) * 12 + um - fm + 1
}

export const yearOf = (year: number): Period => ({ from: `${year}-01`, until: `${year}-12` })

/** The quarter, year or month that the month is in. */
export function around(month: string, kind: PeriodKind): Period {
  const [year = 0, m = 1] = month.split('-').map(Number)
  if (kind === 'year') return yearOf(year)
  if (kind === 'quarter') {
    const first = Math.floor((m - 1) / 3) * 3 + 1
    return { from: `${year}-${pad(first)}`, until: `${year}-${pad(first + 2)}` }
  }
  return { from: month, until: month }
}

/** What kind of period two months are. */
export function kindOf(p: Period): PeriodKind {
  for (const kind of ['year', 'quarter', 'month'] as const) {
    const whole = around(p.from, kind)
    if (whole.from === p.from && whole.until === p.until) return kind
  }
  return 'range'
}

const valid = /^\d{4}-(0[1-9]|1[0-2])$/

/** What the address says, or this year. */
export function fromAddress(from: unknown, until: unknown, now: Date): Period {
  if (typeof from === 'string' && typeof until === 'string' && valid.test(from) && valid.test(until)) {
    const p = { from, until }
    if (length(p) >= 1 && length(p) <= 120) return p
  }
  return around(monthOf(now), 'year')
}

/** "2026年", "2026年第4季度", "2026年11月", "2026年3月至2026年8月". */
export function label(p: Period): string {
  const [year, m = 1] = p.from.split('-').map(Number)
  const kind = kindOf(p)
  if (kind === 'year') return `${year}年`
  if (kind === 'quarter') return `${year}年第${Math.ceil(m / 3)}季度`
  return kind === 'month' ? month(p.from) : `${month(p.from)}至${month(p.until)}`
}

export function month(m: string): string {
  return `${m.slice(0, 4)}年${Number(m.slice(5))}月`
}

/** The last n months, the present one first. */
export const lastMonths = (now: Date, n: number): string[] =>
  Array.from({ length: n }, (_, i) => shift(monthOf(now), -i))

/** The choices of one kind, the present first. */
export function choices(kind: PeriodKind, now: Date): Period[] {
  const present = around(monthOf(now), kind)
  const step = length(present)
  const n = { year: 5, quarter: 8, month: 24, range: 0 }[kind]
  return Array.from({ length: n }, (_, i) => ({
    from: shift(present.from, -i * step),
    until: shift(present.until, -i * step),
  }))
}
