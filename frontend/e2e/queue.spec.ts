// The broker's queue by keyboard, beside a colleague who looks at the same candidates and an operator who hands one over.

import type { Page } from '@playwright/test'
import { expect, test, whoIs } from './city'
import { expectSound, settled } from './look'

const list = (page: Page) => page.getByRole('region', { name: '候选列表' })
const total = (page: Page) => list(page).getByRole('status').first()

test('a broker decides by keyboard, takes it back, and is not disturbed by an input method', async ({
  as,
}) => {
  const { page, api } = await as('broker3')
  await page.goto('/queue')
  const bar = page.getByRole('toolbar', { name: '对这条候选的决定' })
  await expect(bar.getByRole('button', { name: /^采纳/ })).toBeVisible()
  await expectSound(page, 'queue')
  const before = (await api('GET', '/queue?state=open&limit=1')) as {
    total: number
    items: { id: string; need: string }[]
  }
  expect(before.total).toBeGreaterThan(0)
  const { id, need } = before.items[0]!
  const state = async () =>
    ((await api('GET', `/queue/${id}`)) as { candidate: { state: string } }).candidate.state
  await expect(page.getByRole('link', { name: need }).first()).toBeVisible()

  // While an input method composes, letters are its own.
  await page.evaluate(() => {
    for (const held of [{ isComposing: true }, { keyCode: 229 }])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, ...held }))
    const at = document.activeElement!
    at.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
    at.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }))
    at.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
  })
  await expect(total(page)).toContainText(`共 ${before.total} 条`)
  // In a field they are text.
  await page.keyboard.press('/')
  await page.keyboard.press('a')
  await expect(page.getByRole('searchbox')).toHaveValue('a')
  await page.getByRole('searchbox').fill('')
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/queue/)

  await page.keyboard.press('r')
  await expect(page.getByRole('group', { name: '不采纳' })).toBeVisible()
  await page.keyboard.press('7')
  await expect(page.getByText(/已记为不采纳（领域不符）/)).toBeVisible()
  await expect(total(page)).toContainText(`共 ${before.total - 1} 条`)
  await expect.poll(state).toBe('rejected')

  await page.keyboard.press('u')
  await expect(total(page)).toContainText(`共 ${before.total} 条`)
  await expect.poll(state).toBe('open')
  await expect(page.getByText('已撤销', { exact: true })).toBeVisible()

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: '快捷键' })).toContainText('不采纳，再按数字选原因')
})

test('back ends a comparison, and a decision can be undone after another page', async ({ as }) => {
  const { page, api } = await as('broker3')
  await page.goto('/queue')
  await settled(page)
  const before = ((await api('GET', '/queue?state=open&limit=1')) as { total: number }).total
  await expect(total(page)).toContainText(`共 ${before} 条`)
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: /比较/ })).toBeVisible()
  await expectSound(page, 'comparison')
  await page.goBack()
  await expect(page.getByRole('heading', { name: /比较/ })).toHaveCount(0)
  // What is decided in a comparison is not in the list that one comes back to.
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: /比较/ })).toBeVisible()
  await page.keyboard.press('d')
  await page.keyboard.press('3')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { name: /比较/ })).toHaveCount(0)
  await expect(total(page)).toContainText(`共 ${before - 1} 条`)
  await page.keyboard.press('u')
  await expect(total(page)).toContainText(`共 ${before} 条`)
  await page.keyboard.press('d')
  await page.keyboard.press('3')
  await expect(total(page)).toContainText(`共 ${before - 1} 条`)
  await page.keyboard.press('g')
  await page.keyboard.press('z')
  await expect(page).toHaveURL(/\/inbox/)
  await page.goBack()
  await expect(total(page)).toContainText(`共 ${before - 1} 条`)
  await page.keyboard.press('u')
  await expect(total(page)).toContainText(`共 ${before} 条`)
})

test('an operator hands a candidate to another broker, in whose open page it is announced', async ({
  as,
}) => {
  const operator = await as('operator')
  const giver = await whoIs(await as('broker3'))
  const receiver = await as('broker4')
  await receiver.page.goto('/queue')
  await settled(receiver.page)
  const before = Number(/共 (\d+) 条/.exec(await total(receiver.page).innerText())![1])
  await operator.page.goto(`/queue?broker=${giver.id}`)
  await settled(operator.page)
  await expect(operator.page.getByText('由技术经理人作出决定')).toBeVisible()
  await operator.page.keyboard.press('h')
  const form = operator.page.getByRole('form', { name: '移交' })
  const me = await whoIs(receiver)
  await form.getByLabel('交给').selectOption(me.id)
  await form.getByRole('button', { name: '移交' }).click()
  await expect(operator.page.getByText(`已移交 1 条给${me.name}`)).toBeVisible()
  await receiver.page.getByRole('button', { name: /条新候选，点此刷新/ }).click()
  await expect(total(receiver.page)).toContainText(`共 ${before + 1} 条`)
  await operator.page.goto('/desk')
  await expectSound(operator.page, 'desk')
})
