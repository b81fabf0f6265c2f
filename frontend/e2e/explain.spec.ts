// One match taken apart, a pair that did not match, weights tried out, and the models.

import { expect, findable, test } from './city'
import { expectSound, settled } from './look'

interface Matches {
  matches: { need_id: string; achievement_id: string; record: { title: string } }[]
}

test('a match is explained from its card, to anybody', async ({ as }) => {
  const guest = await as('')
  const { page } = guest
  await page.goto(`/needs/${await findable(guest, 'need')}?tab=matches`)
  await settled(page)
  await page.getByRole('link', { name: '为什么是这个结果' }).first().click()
  await expect(page.getByRole('heading', { name: '得分的构成' })).toBeVisible()
  await expect(page.getByText(/候选中排第 1/).first()).toBeVisible()
  await expect(page.getByText('次序正确率').first()).toBeVisible()
  await expectSound(page, 'explain')
})

test('an operator reads why a pair is not in the queue, and tries weights without changing anything', async ({
  as,
}) => {
  const operator = await as('operator')
  const { page, api } = operator
  const need = await findable(operator, 'need')
  const list = (await api('GET', `/needs/${need}/matches?limit=50&brief=true`)) as Matches
  const last = list.matches[list.matches.length - 1]!
  await page.goto(`/explain?need=${need}&achievement=${last.achievement_id}`)
  await expect(page.getByRole('heading', { name: /没有出现在候选队列里/ })).toBeVisible()
  await expect(page.getByText('怎样改变').first()).toBeVisible()

  await page.getByRole('link', { name: '权重试算' }).click()
  const table = page.getByRole('region', { name: '匹配的成果' })
  await expect(table.getByRole('row')).toHaveCount(1 + list.matches.length)
  const titles = () => table.getByRole('link').allInnerTexts()
  const before = await titles()
  await page.getByLabel('用词相同').fill('0')
  await page.getByLabel('用字相近').fill('0')
  await expect(page.getByText(/项的名次变了/)).toBeVisible()
  await expect.poll(titles).not.toEqual(before)
  await expectSound(page, 'weights')
  await page.getByRole('button', { name: '恢复原值' }).click()
  await expect.poll(titles).toEqual(before)
})

test('brokers read about the models', async ({ as }) => {
  const { page } = await as('broker1')
  await page.goto('/models')
  await expect(page.getByRole('heading', { name: /自带排序模型/ })).toBeVisible()
  await expect(page.getByText('95% 区间').first()).toBeVisible()
  await expect(page.getByRole('button', { name: /启用/ })).toHaveCount(0)
  await expectSound(page, 'models')
})
