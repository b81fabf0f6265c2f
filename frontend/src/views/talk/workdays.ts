// Working days as the platform counts them: Beijing's days, without weekends and holidays, with weekends that are worked.

import { addDays, lastDay, today, weekday, yearOf } from '@/lib/beijing'

export type DayKind = 'off' | 'work'
/** Days that are not what their day of the week says. */
export type SpecialDays = ReadonlyMap<string, DayKind>

/** Nothing here lies further apart. */
const most = 400

export function worked(day: string, special: SpecialDays): boolean {
  const kind = special.get(day)
  if (kind) return kind === 'work'
  return weekday(day) < 6
}

/** Working days after a, up to and with b; 0 when b is not later. */
export function workdaysBetween(a: string, b: string, special: SpecialDays): number {
  let n = 0
  let day = addDays(a, 1)
  for (let i = 0; i < most && day <= b; i++, day = addDays(day, 1)) if (worked(day, special)) n++
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
  const last = lastDay(end)
  const day = today(now)
  if (now.getTime() >= end) {
    const days = Math.max(workdaysBetween(last, day, special), 1)
    return { text: `逾期 ${days} 天`, age: 'late', last }
  }
  const left = workdaysBetween(day, last, special)
  const text = left === 0 ? '今天到期' : `还剩 ${left} 个工作日`
  return { text, age: left <= soon ? 'due' : 'fresh', last }
}

/** The years in which the clocks of the dates run. */
export function yearsOf(dates: readonly (string | undefined)[], now: Date): number[] {
  const years = new Set([now, ...dates].map((d) => (d ? yearOf(d) : 0)))
  years.delete(0)
  return [...years].sort()
}
