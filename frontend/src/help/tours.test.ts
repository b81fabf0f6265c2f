import { describe, expect, it } from 'vitest'
import { menu } from '@/menu'
import type { Role } from '@/session'
import { isSeen } from './tour'
import { places, tours } from './tours'

const sources = Object.values(
  import.meta.glob<string>('../**/*.vue', { query: '?raw', import: 'default', eager: true }),
).join('\n')

it('every place is marked on a page', () => {
  for (const place of places) expect(sources, place).toContain(`data-tour="${place}"`)
})

describe('the tour of every role', () => {
  it.each(Object.entries(tours) as [Role, (typeof tours)[Role]][])('%s', (role, steps) => {
    expect(steps.length).toBeGreaterThanOrEqual(4)
    expect(steps.length).toBeLessThanOrEqual(6)
    expect(new Set(steps.map((s) => s.target)).size).toBe(steps.length)
    for (const { target } of steps)
      if (target.startsWith('menu:'))
        expect(
          menu.some((m) => `menu:${m.to}` === target && m.roles.includes(role)),
          target,
        ).toBe(true)
  })
  it('there is one for each role of the menu', () => {
    expect(Object.keys(tours).sort()).toEqual([...new Set(menu.flatMap((m) => m.roles))].sort())
  })
})

it('is seen by account, or by nobody', () => {
  expect(isSeen({}, 'u1')).toBe(false)
  expect(isSeen({ u1: true }, 'u1')).toBe(true)
  expect(isSeen({ u1: true }, 'u2')).toBe(false)
  expect(isSeen('off', 'u2')).toBe(true)
})
