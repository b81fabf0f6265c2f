// Every screen of every role: it can be read by a screen reader, fits the screen, and says nothing to the console.

import type { Page } from '@playwright/test'
import { expect, menuPaths, test } from './city'
import { expectSound } from './look'

const publicPages = [
  '/',
  '/search?kind=achievement',
  '/search?kind=need&q=%E7%A2%B3%E5%8C%96%E7%A1%85',
  '/match',
  '/clinic',
  '/login',
  '/signup',
  '/reset',
]
const own = ['/account', '/preferences', '/help']
const roles: Record<string, string[]> = {
  enterprise1: [...own, '/organisation', '/mine/needs/new'],
  university1: [...own, '/organisation', '/mine/achievements/new'],
  broker1: own,
  operator: [
    ...own,
    '/cockpit/facts',
    '/cockpit/waiting',
    '/cockpit/exposed',
    '/cockpit/wall',
    '/explain/weights',
  ],
  operator2: [],
  sysadmin: own,
  secadmin: [],
  auditor: [],
}
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

async function visit(page: Page, path: string, what: string): Promise<void> {
  await page.goto(path)
  await expectSound(page, what)
  await expect(page.getByRole('heading', { name: /^(没有这个页面|不能打开)$/ }), what).toHaveCount(0)
}

for (const [name, size] of Object.entries(sizes)) {
  test(`public, ${name}`, async ({ as }) => {
    const { page } = await as('', size)
    for (const path of publicPages) await visit(page, path, path)
    await page.goto('/search?kind=achievement')
    await page
      .getByRole('region', { name: '检索结果' })
      .getByRole('heading')
      .first()
      .getByRole('link')
      .click()
    await expect(page).toHaveURL(/\/achievements\/a_/)
    await expectSound(page, 'an achievement')
    await visit(page, `${new URL(page.url()).pathname}?tab=matches`, 'its matches')
  })

  for (const [login, more] of Object.entries(roles)) {
    test(`${login}, ${name}`, async ({ as }) => {
      test.slow()
      const { page } = await as(login, size)
      const paths = await menuPaths(page)
      expect(paths.length).toBeGreaterThan(1)
      for (const path of [...paths, ...more]) {
        await visit(page, path, `${login} ${path}`)
        const first = page.getByRole('main').getByRole('row').getByRole('link').first()
        if (await first.count())
          await visit(page, (await first.getAttribute('href'))!, `${login} ${path}, the first of the list`)
      }
    })
  }
}
