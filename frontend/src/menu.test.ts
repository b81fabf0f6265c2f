import { expect, it } from 'vitest'
import { menu } from './menu'

// Those of keys/shortcuts.ts that everybody has.
const common = ['h', 'a', 'n', 'm', 'c']
const roles = [...new Set(menu.flatMap((m) => m.roles))]

it.each(roles)('of %s: each entry has a key and an address of its own', (role) => {
  const own = menu.filter((m) => m.roles.includes(role))
  const keys = [...common, ...own.map((m) => m.key)]
  expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([])
  expect(new Set(own.map((m) => m.to)).size).toBe(own.length)
})
