// Finding: facets, pasted text, and a decision on a match of a record.

import type { Page } from '@playwright/test'
import { expect, findable, test } from './city'
import { settled } from './look'

/** What matches, a card each. */
const cards = (page: Page) =>
  page
    .getByRole('region', { name: /^匹配的/ })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 2 }) })
const total = (text: string | null): number => Number(text?.replace(/\D/g, ''))

test('facets narrow, and back restores', async ({ as }) => {
  const { page } = await as('')
  await page.goto('/search?kind=achievement&q=' + encodeURIComponent('工艺'))
  await settled(page)
  const said = page.getByRole('region', { name: '检索结果' }).getByRole('status').first()
  const before = { n: total(await said.textContent()), url: page.url() }
  expect(before.n).toBeGreaterThan(5)
  await page.getByRole('complementary', { name: '筛选条件' }).getByRole('checkbox').first().check()
  await expect(page).toHaveURL(/fields=/)
  await settled(page)
  await expect.poll(async () => total(await said.textContent())).toBeLessThan(before.n)
  expect(total(await said.textContent())).toBeGreaterThan(0)
  await page.goBack()
  await expect.poll(async () => total(await said.textContent())).toBe(before.n)
  expect(page.url()).toBe(before.url)
})

test('a pasted text finds what it is about, with evidence', async ({ as }) => {
  const guest = await as('')
  const { page, api } = guest
  const id = await findable(guest, 'achievement')
  const { title, summary } = (await api('GET', `/achievements/${id}`)) as { title: string; summary?: string }
  await page.goto('/match')
  await page.getByRole('textbox').fill(`本企业需要${title}。${summary ?? ''}`)
  await page.getByRole('button', { name: '匹配成果' }).click()
  const first = cards(page).first()
  await expect(first.getByRole('heading', { name: title })).toBeVisible()
  await expect(first.getByText('共同涉及')).toBeVisible()
  await expect(first.locator('mark').first()).toBeVisible()
})

test('a broker decides on the matches of a need; the public is not asked to', async ({ as }) => {
  const guest = await as('')
  const address = `/needs/${await findable(guest, 'need')}?tab=matches`
  await guest.page.goto(address)
  await expect(guest.page.getByText('匹配程度').first()).toBeVisible()
  await expect(guest.page.getByRole('button', { name: '采纳', exact: true })).toHaveCount(0)

  const { page } = await as('broker1')
  await page.goto(address)
  const one = cards(page)
    .filter({ has: page.getByRole('button', { name: '不采纳…' }) })
    .last()
  const title = await one.getByRole('heading').first().innerText()
  const card = cards(page).filter({ hasText: title })
  await card.getByRole('button', { name: '不采纳…' }).click()
  await card.getByRole('button', { name: '领域不符' }).click()
  await expect(card.getByText('已不采纳：领域不符')).toBeVisible()
  await page.reload()
  await expect(card.getByText('已不采纳：领域不符')).toBeVisible()
  await card.getByRole('button', { name: '撤销' }).click()
  await expect(card.getByText('已不采纳：领域不符')).toHaveCount(0)
})
