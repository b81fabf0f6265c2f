// Working days as the platform counts them: Beijing's days, without weekends and holidays, with weekends that are worked.

export type DayKind = 'off' | 'work'
/** Days that are not what their day of the week says. */
export type SpecialDays = ReadonlyMap<string, DayKind>

const oneDay = 86_400_000
/** China has had one zone and no summer time since 1991. */
const zone = 8 * 3_600_000
/** Nothing here lies further apart. */
const most = 400

/** The day of an instant in Beijing: "2026-11-27". */
export const dayOf = (at: number): string => new Date(at + zone).toISOString().slice(0, 10)

export function worked(day: string, special: SpecialDays): boolean {
  const kind = special.get(day)
  if (kind) return kind === 'work'
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

/** Working days after a, up to and with b; 0 when b is not later. */
export function workdaysBetween(a: string, b: string, special: SpecialDays): number {
  let n = 0
  const end = Date.parse(b)
  let day = Date.parse(a) + oneDay
  for (let i = 0; i < most && day <= end; i++, day += oneDay)
    if (worked(new Date(day).toISOString().slice(0, 10), special)) n++
  return n
}

export type Age = 'fresh' | 'due' | 'late'

export interface Clock {
  text: string
  age: Age
  /** The last day on which an answer is in time. */
  last: string
}

/** So few working days left are worth a colour. */
const soon = 2

/** How much time is left until due, the first instant that is late. */
export function clock(due: string | undefined, now: Date, special: SpecialDays): Clock | undefined {
  const end = due ? Date.parse(due) : NaN
  if (Number.isNaN(end)) return undefined
  const last = dayOf(end - 1)
  const today = dayOf(now.getTime())
  if (now.getTime() >= end) {
    const days = Math.max(workdaysBetween(last, today, special), 1)
    return { text: `逾期 ${days} 天`, age: 'late', last }
  }
  const left = workdaysBetween(today, last, special)
  const text = left === 0 ? '今天到期' : `还剩 ${left} 个工作日`
  return { text, age: left <= soon ? 'due' : 'fresh', last }
}

/** The years in which the clocks of the dates run. */
export function yearsOf(dates: readonly (string | undefined)[], now: Date): number[] {
  const years = new Set([Number(dayOf(now.getTime()).slice(0, 4))])
  for (const d of dates) if (d) years.add(Number(dayOf(Date.parse(d)).slice(0, 4)))
  return [...years].filter((y) => !Number.isNaN(y)).sort()
}
