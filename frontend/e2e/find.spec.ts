// Finding: facets, pasted text, and a decision on a match of a record.

import { expect, test } from './city'
import { settled } from './look'

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
  const { page, api } = await as('')
  const found = (await api('GET', '/search?kind=achievement&limit=1')) as {
    hits: { id: string; title: { text: string } }[]
  }
  const { id } = found.hits[0]!
  const { title, summary } = (await api('GET', `/achievements/${id}`)) as { title: string; summary?: string }
  await page.goto('/match')
  await page.getByRole('textbox').fill(`本企业需要${title}。${summary ?? ''}`)
  await page.getByRole('button', { name: '匹配成果' }).click()
  const first = page.locator('li.match').first()
  await expect(first.getByRole('heading', { name: title })).toBeVisible()
  await expect(first.getByText('共同涉及')).toBeVisible()
  await expect(first.locator('mark').first()).toBeVisible()
})

test('a broker decides on the matches of a need; the public is not asked to', async ({ as }) => {
  const guest = await as('')
  const found = (await guest.api('GET', '/search?kind=need&limit=1')) as { hits: { id: string }[] }
  const address = `/needs/${found.hits[0]!.id}?tab=matches`
  await guest.page.goto(address)
  await expect(guest.page.getByText('匹配程度').first()).toBeVisible()
  await expect(guest.page.getByRole('button', { name: '采纳', exact: true })).toHaveCount(0)

  const broker = await as('broker1')
  const { page } = broker
  await page.goto(address)
  const cards = page.locator('li.match')
  const one = cards.filter({ has: page.getByRole('button', { name: '不采纳…' }) }).last()
  const title = await one.getByRole('heading').first().innerText()
  const card = cards.filter({ hasText: title })
  await card.getByRole('button', { name: '不采纳…' }).click()
  await card.getByRole('button', { name: '领域不符' }).click()
  await expect(card.getByText('已不采纳：领域不符')).toBeVisible()
  await page.reload()
  await expect(card.getByText('已不采纳：领域不符')).toBeVisible()
  await card.getByRole('button', { name: '撤销' }).click()
  await expect(card.getByText('已不采纳：领域不符')).toHaveCount(0)
})
