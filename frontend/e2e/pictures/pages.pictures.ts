// Every page of every role at 1440 and 390 into shots/, for eyes.

import { fileURLToPath } from 'node:url'
import { menuPaths, test } from '../city'
import { settled } from '../look'

const folder = fileURLToPath(new URL('../../shots/', import.meta.url))
const logins = ['', 'enterprise1', 'university1', 'broker1', 'operator', 'sysadmin', 'secadmin', 'auditor']
const open = [
  '/',
  '/search?kind=achievement',
  '/search?kind=need',
  '/match',
  '/clinic',
  '/signup',
  '/login',
  '/help',
]
const own = ['/account', '/preferences', '/help?tab=terms']
const sizes = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } }

for (const login of logins) {
  test(login || 'public', async ({ as }) => {
    test.slow()
    const wide = await as(login, sizes[1440])
    const paths = login ? [...(await menuPaths(wide.page)), ...own] : open
    const narrow = await as(login, sizes[390])
    for (const [width, { page }] of [
      [1440, wide],
      [390, narrow],
    ] as const)
      for (const path of paths) {
        await page.goto(path)
        await settled(page)
        const name = path.replaceAll(/[^a-z]+/g, '-').replace(/^-/, '') || 'home'
        await page.screenshot({ path: `${folder}${login || 'public'}-${name}-${width}.png`, fullPage: true })
      }
  })
}
