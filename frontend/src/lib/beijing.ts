// Days and times in Beijing, whatever zone the machine is set to. A day is a text like "2026-11-27": days compare as
// texts do.

/** ISO 8601, ms since 1970, or a Date. */
export type Instant = string | number | Date

/** One day, in ms. */
const oneDay = 86_400_000
/** China has had one zone and no summer time since 1991. */
const ahead = 8 * 3_600_000

const ms = (at: Instant): number => new Date(at).getTime()

/** What clock and calendar show, "2026-11-27T14:30:00.000Z" with a Z that means nothing; "" when at is no instant. */
export function wall(at: Instant): string {
  const t = ms(at)
  return Number.isNaN(t) ? '' : new Date(t + ahead).toISOString()
}

export const dayOf = (at: Instant): string => wall(at).slice(0, 10)
/** "14:30" */
export const timeOf = (at: Instant): string => wall(at).slice(11, 16)

export const today = (now: Instant = Date.now()): string => dayOf(now)
export const yearOf = (at: Instant): number => Number(wall(at).slice(0, 4))
export const thisYear = (): number => yearOf(Date.now())

/** The last day that is in time, when due is the first instant that is late. */
export const lastDay = (due: Instant): string => dayOf(ms(due) - 1)

export function addDays(day: string, n: number): string {
  return new Date(Date.parse(day) + n * oneDay).toISOString().slice(0, 10)
}

/** Monday is 1, Sunday 7. */
export const weekday = (day: string): number => new Date(day).getUTCDay() || 7
/** "五" of 星期五 or 周五. */
export const weekdayName = (day: string): string => '一二三四五六日'.charAt(weekday(day) - 1)

/** Days from today until the day, negative when it has passed; undefined when there is no such day. */
export function daysUntil(day: string | undefined, now: Instant): number | undefined {
  if (!day || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  return Math.round((Date.parse(day) - Date.parse(today(now))) / oneDay)
}

/** Whole days of 24 hours since then. */
export function daysSince(at: Instant, now: Instant): number {
  return Math.max(0, Math.floor((ms(now) - ms(at)) / oneDay))
}
