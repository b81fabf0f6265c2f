// Times of meetings as they are typed, in Beijing's time whatever the machine's zone is.

import { dayOf, thisYear, timeOf, wall, weekdayName, yearOf } from '@/lib/beijing'
import { date } from '@/lib/format'

/** "2026-11-27T14:30" as typed, to an instant. */
export function typedInstant(local: string): string | undefined {
  const t = Date.parse(`${local}:00+08:00`)
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) && !Number.isNaN(t)
    ? new Date(t).toISOString()
    : undefined
}

/** "11月27日 周五 14:30—15:30" */
export function meetingTime(at: string, minutes: number): string {
  const t = Date.parse(at)
  const day = dayOf(t)
  const text = yearOf(t) === thisYear() ? date(day).slice(5) : date(day)
  return `${text} 周${weekdayName(day)} ${timeOf(t)}—${timeOf(t + minutes * 60_000)}`
}

/** The earliest that the field offers: a quarter of an hour from now, as the field wants it. */
export const soonest = (now: Date): string => wall(now.getTime() + 15 * 60_000).slice(0, 16)
