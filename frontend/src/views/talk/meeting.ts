// Times of meetings as they are typed, in Beijing's time whatever the machine's zone is.

import { dayOf } from './workdays'

/** "2026-11-27T14:30" as typed, to an instant. */
export function typedInstant(local: string): string | undefined {
  const t = Date.parse(`${local}:00+08:00`)
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) && !Number.isNaN(t)
    ? new Date(t).toISOString()
    : undefined
}

const weekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']

/** "11月27日 周五 14:30—15:30" */
export function meetingTime(at: string, minutes: number): string {
  const t = Date.parse(at)
  const day = dayOf(t)
  const time = (x: number): string => new Date(x + 8 * 3_600_000).toISOString().slice(11, 16)
  const year = day.slice(0, 4) === dayOf(Date.now()).slice(0, 4) ? '' : `${day.slice(0, 4)}年`
  const weekday = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]
  return `${year}${Number(day.slice(5, 7))}月${Number(day.slice(8))}日 ${weekday} ${time(t)}—${time(t + minutes * 60_000)}`
}

/** The earliest that the field offers: a quarter of an hour from now, as the field wants it. */
export const soonest = (now: Date): string =>
  new Date(now.getTime() + 8 * 3_600_000 + 15 * 60_000).toISOString().slice(0, 16)
