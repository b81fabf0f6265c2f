// Help where it is needed: the tour of the first visit, the shortcuts of the page, the terms, the handbook.

import { expect, test } from './city'
import { expectSound, serious } from './look'

test('the tour runs to the end, does not come back, and can be asked for again', async ({ as }) => {
  const { page, context } = await as('broker2')
  // After the fixture's own: tours are wanted here, until they are seen.
  await context.addInitScript(() => {
    if (localStorage.getItem('jiqiao.tours') === '"off"' && !sessionStorage.getItem('toured'))
      localStorage.removeItem('jiqiao.tours')
    const seen = sessionStorage.getItem('toured')
    if (seen) localStorage.setItem('jiqiao.tours', seen)
  })
  await page.goto('/work')
  const tour = page.getByRole('dialog', { name: '使用引导' })
  await expect(tour.getByRole('heading', { name: '今天的工作' })).toBeVisible()
  expect(await serious(page)).toEqual([])
  // Shortcuts wait while it is shown; its own keys lead on.
  await page.keyboard.press('?')
  await page.keyboard.press('ArrowRight')
  await expect(tour.getByRole('heading', { name: '处理候选' })).toBeVisible()
  const next = tour.getByRole('button', { name: '下一步' })
  for (let steps = 0; steps < 6 && (await next.count()); steps++) await next.click()
  await tour.getByRole('button', { name: '知道了' }).click()
  await expect(tour).toHaveCount(0)

  await page.evaluate(() => sessionStorage.setItem('toured', localStorage.getItem('jiqiao.tours') ?? ''))
  await page.reload()
  await expectSound(page, 'the workbench after the tour')
  await expect(tour).toHaveCount(0)

  await page.getByRole('button', { name: '快捷键' }).click()
  await page.getByRole('button', { name: '重新看一遍引导' }).click()
  await expect(tour).toBeVisible()
  await tour.getByRole('button', { name: '跳过引导' }).click()
  await expect(tour).toHaveCount(0)
})

test('? lists the shortcuts of the page; a term is explained by keyboard; the handbook is one’s own', async ({
  as,
}) => {
  const { page } = await as('broker1')
  await page.goto('/queue')
  await expect(page.getByRole('toolbar', { name: '对这条候选的决定' })).toBeVisible()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: '快捷键' })
  await expect(keys.getByRole('region', { name: '本页' })).toContainText('采纳')
  await page.keyboard.press('Escape')
  await expect(keys).toBeHidden()

  const what = page.getByRole('button', { name: '什么是候选' })
  await what.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('等待技术经理人决定的一对需求与成果')).toBeVisible()

  await page.goto('/help')
  await expect(page.getByRole('heading', { name: '技术经理人使用手册' })).toBeVisible()
  await expectSound(page, 'the handbook')
  await page.getByRole('link', { name: '术语', exact: true }).click()
  await page.getByLabel('查术语').fill('技术交易额')
  await expect(page.getByRole('term').first()).toHaveText('技术交易额')
  await expectSound(page, 'the terms')
})
