// Every screen of every role: it can be read by a screen reader, fits the screen, and says nothing to the console.

import { test } from './city'
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
  operator: own,
  operator2: [],
  sysadmin: own,
  secadmin: [],
  auditor: [],
}
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

for (const [name, size] of Object.entries(sizes)) {
  test(`public, ${name}`, async ({ as }) => {
    const { page } = await as('', size)
    for (const path of publicPages) {
      await page.goto(path)
      await expectSound(page, path)
    }
    await page.goto('/search?kind=achievement')
    await page
      .getByRole('region', { name: '检索结果' })
      .getByRole('heading')
      .first()
      .getByRole('link')
      .click()
    await expectSound(page, 'an achievement')
    await page.goto(new URL(page.url()).pathname + '?tab=matches')
    await expectSound(page, 'its matches')
  })

  for (const [login, more] of Object.entries(roles)) {
    test(`${login}, ${name}`, async ({ as }) => {
      test.slow()
      const { page } = await as(login, size)
      await page.goto('/work')
      // On a phone the menu is in a drawer.
      if (size === sizes.phone) await page.getByRole('button', { name: '打开工作导航' }).click()
      const menu = page.getByRole('navigation', { name: '工作导航' }).getByRole('link')
      await test.expect(menu.first()).toBeVisible()
      const paths = await menu.evaluateAll((links) => links.map((a) => a.getAttribute('href')!))
      test.expect(paths.length).toBeGreaterThan(1)
      for (const path of [...paths, ...more]) {
        await page.goto(path)
        await test.expect(page.getByText('页面不存在'), path).toHaveCount(0)
        await expectSound(page, `${login} ${path}`)
        const first = page.locator('main tbody tr a[href^="/"]').first()
        if (!(await first.count())) continue
        await page.goto((await first.getAttribute('href'))!)
        await expectSound(page, `${login} ${path}, the first of the list`)
      }
    })
  }
}
