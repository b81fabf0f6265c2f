// The calendar of working days, read once per tab and year. Until it has come, and where it cannot be had, weekends count.

import { computed, reactive, watchEffect, type ComputedRef } from 'vue'
import { get } from '@/api/typed'
import { yearsOf, type DayKind, type SpecialDays } from './workdays'

const years = reactive(new Map<number, readonly (readonly [string, DayKind])[]>())
const asked = new Set<number>()

async function read(year: number): Promise<void> {
  asked.add(year)
  try {
    const calendar = await get('/settings/calendar', { query: { year } })
    years.set(
      year,
      calendar.days.map((d) => [d.day, d.kind] as const),
    )
  } catch {
    asked.delete(year)
  }
}

/** The special days of the years that the dates fall in. */
export function useWorkdays(dates: () => readonly (string | undefined)[]): ComputedRef<SpecialDays> {
  watchEffect(() => {
    for (const year of yearsOf(dates(), new Date())) if (!asked.has(year)) void read(year)
  })
  return computed(() => new Map([...years.values()].flat()))
}
