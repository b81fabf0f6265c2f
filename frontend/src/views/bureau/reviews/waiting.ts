// How long a submission has waited, and whether the bureau's days for an answer are over. The service counts those, by
// working days; due_at is the first instant at which the answer is late.

import { addDays, dayOf } from '@/lib/beijing'
import { worked, type SpecialDays } from '../../talk/workdays'

export type Age = 'fresh' | 'due' | 'late'

const day = 86_400_000

/** Due on the last day, late after it. */
export function age(due: string | undefined, now: number): Age {
  if (!due) return 'fresh'
  const left = Date.parse(due) - now
  return left <= 0 ? 'late' : left <= day ? 'due' : 'fresh'
}

/** days are the whole days since the submission. */
export function waitedText(days: number, due: string | undefined, now: number): string {
  if (age(due, now) === 'late')
    return `等待 ${days} 天，逾期 ${Math.floor((now - Date.parse(due!)) / day) + 1} 天`
  return days === 0 ? '今天提交' : `等待 ${days} 天`
}

/** The first instant that is late, so many working days after the submission, for what the service tells no end of. */
export function dueOf(submitted: string, days: number, special: SpecialDays): string {
  let day = dayOf(submitted)
  for (let n = days; n > 0;) if (worked((day = addDays(day, 1)), special)) n--
  return `${addDays(day, 1)}T00:00:00+08:00`
}
