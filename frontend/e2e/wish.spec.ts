// An owner asks for an introduction: seen by the bureau and the broker at once, taken back, asked again, and answered.

import { expect, test } from './city'
import { expectSound } from './look'

interface Queue {
  items: { id: string; need_id: string; achievement_id: string; need_wish?: string; broker?: string }[]
}

test('a need’s owner asks for an introduction; the broker sees why, and the answer comes back', async ({
  as,
}) => {
  const owner = await as('enterprise1')
  const bureau = await as('operator')
  await owner.page.goto('/mine/matches')
  const ask = owner.page.getByRole('button', { name: '申请对接' }).first()
  await expect(ask).toBeVisible()
  await expectSound(owner.page, 'matches of one’s own')
  const bar = owner.page
    .getByRole('group', { name: /^对接：/ })
    .filter({ has: ask })
    .first()
  const name = (await bar.getAttribute('aria-label'))!
  const mine = owner.page.getByRole('group', { name, exact: true })

  await mine.getByRole('button', { name: '申请对接' }).click()
  await mine.getByLabel(/想对技术经理人说明的/).fill('样件已经备好')
  await expectSound(owner.page, 'what is said to the broker')
  await mine.getByRole('button', { name: '提交申请' }).click()
  await expect(mine.getByText(/^已申请对接/)).toBeVisible()
  const mineOf = async (): Promise<Queue['items']> => {
    const all = (await bureau.api('GET', '/queue?wished=true&sort=newest&limit=100')) as Queue
    const records = (await owner.api('GET', '/mine/records?kind=need&limit=100')) as {
      items: { id: string }[]
    }
    const own = new Set(records.items.map((r) => r.id))
    return all.items.filter((c) => own.has(c.need_id) && c.need_wish)
  }
  const first = await mineOf()
  expect(first.length).toBeGreaterThan(0)

  // Taken back by the message that said so, and once more.
  await owner.page.getByRole('button', { name: '撤销' }).click()
  await expect(mine.getByRole('button', { name: '申请对接' })).toBeVisible()
  const others = (await mineOf()).map((c) => c.id)
  expect(others).toHaveLength(first.length - 1)
  await mine.getByRole('button', { name: '申请对接' }).click()
  await mine.getByLabel(/想对技术经理人说明的/).fill('样件已经备好，希望下月试验')
  await mine.getByRole('button', { name: '提交申请' }).click()
  await expect(mine.getByText(/^已申请对接/)).toBeVisible()

  await bureau.page.goto('/queue?wished=true&sort=newest')
  await expect(bureau.page.getByText('需求方申请').first()).toBeVisible()
  await expectSound(bureau.page, 'what was asked for, in the queue')

  const asked = (await mineOf()).find((c) => !others.includes(c.id))!
  const brokers = await Promise.all(['broker1', 'broker2', 'broker3', 'broker4'].map((b) => as(b)))
  const ids = await Promise.all(
    brokers.map(async (b) => ((await b.api('GET', '/auth/session')) as { user: { id: string } }).user.id),
  )
  const broker = brokers[ids.indexOf(asked.broker ?? '')]!
  await broker.page.goto(`/queue/${asked.id}`)
  await expect(broker.page.getByText('希望下月试验')).toBeVisible()
  await broker.page.keyboard.press('r')
  await expect(broker.page.getByRole('group', { name: '不采纳' })).toBeVisible()
  await broker.page.keyboard.press('1')
  const state = async (): Promise<string> =>
    ((await broker.api('GET', `/queue/${asked.id}`)) as { candidate: { state: string } }).candidate.state
  await expect.poll(state).toBe('rejected')
  await owner.page.goto('/mine/shown?wished=true')
  await expect(owner.page.getByRole('row').filter({ hasText: '经理人未采纳' }).first()).toContainText(
    '本单位申请',
  )
  await expectSound(owner.page, 'what became of it')
})

test('an introduction is asked for from a record of the other side', async ({ as }) => {
  const { page, api } = await as('university1')
  const { hits } = (await api('GET', '/search?kind=need&limit=20')) as { hits: { id: string }[] }
  await page.goto(`/needs/${hits[0]!.id}`)
  await page.getByRole('button', { name: /为本单位的科技成果申请对接/ }).click()
  await expect(page.getByLabel(/选择本单位的科技成果/)).toBeVisible()
  await expectSound(page, 'asking from a record')
  const ask = page.getByRole('button', { name: '申请对接', exact: true })
  const picker = page.getByLabel(/选择本单位的科技成果/)
  // Some of its pairs may be going on already: the first that can be asked for.
  for (const value of await picker
    .locator('option')
    .evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value))) {
    await picker.selectOption(value)
    await expect(page.getByRole('group', { name: /^对接：/ })).toBeVisible()
    if (await ask.isVisible()) break
  }
  await ask.click()
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page.getByText(/^已申请对接/)).toBeVisible()
  await page.getByRole('button', { name: '撤回申请' }).click()
  await expect(ask).toBeVisible()
})
