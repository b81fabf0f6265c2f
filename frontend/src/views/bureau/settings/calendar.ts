// A year of working days: which days are worked, and what a click changes.

import type { Schemas } from '@/api/model'

type Special = Schemas['SpecialDay']
type Added = Schemas['WorkCalendar']['added']

export interface Day {
  day: string
  number: number
  /** What it is: an ordinary working day, a weekend, a holiday on any day, a weekend that is worked. */
  kind: 'work' | 'weekend' | 'off' | 'makeup'
  name: string
  /** Entered by an operator here, not by the published arrangement that came with the program. */
  added: boolean
}

const two = (n: number): string => String(n).padStart(2, '0')

/** The weeks of a month from Monday to Sunday; undefined before the first and after the last day. */
export function monthOf(
  year: number,
  month: number,
  specials: ReadonlyMap<string, Special>,
  added: ReadonlySet<string>,
): (Day | undefined)[][] {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const lead = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7
  const cells: (Day | undefined)[] = Array.from({ length: lead }, () => undefined)
  for (let number = 1; number <= days; number++) {
    const day = `${year}-${two(month)}-${two(number)}`
    const weekend = (lead + number - 1) % 7 > 4
    const special = specials.get(day)
    const kind = special
      ? special.kind === 'off'
        ? 'off'
        : weekend
          ? 'makeup'
          : 'work'
      : weekend
        ? 'weekend'
        : 'work'
    cells.push({ day, number, kind, name: special?.name ?? '', added: added.has(day) })
  }
  while (cells.length % 7) cells.push(undefined)
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}

/** What a day that was entered is. */
export const kindsOfDay = { off: '放假', work: '上班' } as const

export const worked = (d: Day): boolean => d.kind === 'work' || d.kind === 'makeup'

/** What is added after a click: an entry of ours goes, any other day becomes the opposite of what it is. */
export function toggled(added: Added, d: Day, name: string): Added {
  const others = added.days.filter((a) => a.day !== d.day)
  if (others.length < added.days.length) return { ...added, days: others }
  const entry: Special = { day: d.day, kind: worked(d) ? 'off' : 'work', ...(name ? { name } : {}) }
  return { ...added, days: [...others, entry].sort((a, b) => a.day.localeCompare(b.day)) }
}

/** Days of the year that are worked. */
export function workdays(year: number, specials: ReadonlyMap<string, Special>): number {
  const none = new Set<string>()
  let n = 0
  for (let month = 1; month <= 12; month++)
    for (const week of monthOf(year, month, specials, none)) for (const d of week) if (d && worked(d)) n++
  return n
}

/** "放假" and so on, for those who do not see the colour. */
export function dayText(d: Day): string {
  const what = { work: '上班', weekend: '周末休息', off: '放假', makeup: '调休上班' }[d.kind]
  return [d.name, d.name.includes(what) ? '' : what, d.added ? '（自行补充）' : ''].filter(Boolean).join(' ')
}
