import { expect, it } from 'vitest'
import {
  addDays,
  dayOf,
  daysSince,
  daysUntil,
  lastDay,
  timeOf,
  today,
  wall,
  weekday,
  weekdayName,
  yearOf,
} from './beijing'

/** Already the 23rd in Beijing. */
const night = '2026-11-22T17:30:00Z'

it('reads the clock of Beijing from every kind of instant', () => {
  for (const at of [night, Date.parse(night), new Date(night)])
    expect(wall(at)).toMatch(/^2026-11-23T01:30:00/)
  expect([dayOf(night), timeOf(night), today(night)]).toEqual(['2026-11-23', '01:30', '2026-11-23'])
  expect([wall('x'), dayOf(NaN), timeOf('x')]).toEqual(['', '', ''])
})
it('has a new year eight hours before Greenwich', () => {
  expect(yearOf('2026-12-31T15:59:59Z')).toBe(2026)
  expect(yearOf('2026-12-31T16:00:00Z')).toBe(2027)
})
it('takes the midnight after as the day before', () => {
  expect(lastDay('2026-11-25T16:00:00Z')).toBe('2026-11-25')
  expect(lastDay('2026-11-25T16:00:01Z')).toBe('2026-11-26')
  expect(lastDay('x')).toBe('')
})
it('counts over the ends of months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
})
it('knows the days of the week', () => {
  expect(['2026-11-23', '2026-11-27', '2026-11-29'].map(weekday)).toEqual([1, 5, 7])
  expect(['2026-11-23', '2026-11-27', '2026-11-29'].map(weekdayName)).toEqual(['一', '五', '日'])
})
it('counts days on the calendar until a day', () => {
  expect(daysUntil('2026-11-23', night)).toBe(0)
  expect(daysUntil('2026-12-01', night)).toBe(8)
  expect(daysUntil('2026-11-22', night)).toBe(-1)
  expect(daysUntil(undefined, night)).toBeUndefined()
  expect(daysUntil('soon', night)).toBeUndefined()
})
it('counts whole days since an instant, none for what is to come', () => {
  expect(daysSince('2026-11-21T17:30:00Z', night)).toBe(1)
  expect(daysSince('2026-11-21T17:30:01Z', night)).toBe(0)
  expect(daysSince('2026-11-30T00:00:00Z', night)).toBe(0)
})
