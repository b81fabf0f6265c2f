// Two sides and a broker talk: a question and its answer seen live, a meeting of several times, the undoing of marks, and
// a subscription that comes back.

import { expect, test, type Person } from './city'
import { expectSound } from './look'

interface Page<T> {
  items: T[]
}
interface Introduction {
  id: string
  need_id: string
}
interface Message {
  object: { id: string }
  read_at?: string
}

/** The broker introduces an achievement of the side to a need that it has not been introduced to. */
async function introduce(broker: Person, side: Person): Promise<Introduction> {
  const mine = (await side.api('GET', '/mine/records?kind=achievement&status=published')) as Page<{
    id: string
  }>
  const achievement_id = mine.items[0]!.id
  const known = (await side.api('GET', `/introductions?achievement=${achievement_id}`)) as Page<Introduction>
  const taken = known.items.map((i) => i.need_id)
  const { hits } = (await broker.api('GET', '/search?kind=need&limit=50')) as { hits: { id: string }[] }
  const need_id = hits.find((h) => !taken.includes(h.id))!.id
  return (await broker.api('POST', '/introductions', { need_id, achievement_id })) as Introduction
}

test('a side asks, the broker answers, and both settle on a time', async ({ as }) => {
  const side = await as('university2')
  const broker = await as('broker1')
  const { id } = await introduce(broker, side)

  await side.page.goto('/introductions?awaiting=true')
  await expect(side.page.getByRole('button', { name: /等我方答复/ })).toHaveAttribute('aria-pressed', 'true')
  await side.page.locator(`main a[href="/introductions/${id}"]`).first().click()
  await expect(side.page).toHaveURL(`/introductions/${id}`)
  await broker.page.goto(`/introductions/${id}`)
  await expect(broker.page.getByRole('heading', { name: '为什么推荐' })).toBeVisible()
  // What the inbox says about it is read by opening it.
  await expect
    .poll(async () => {
      const { items } = (await side.api('GET', '/inbox?limit=50')) as Page<Message>
      const about = items.filter((m) => m.object.id === id)
      return about.length > 0 && about.every((m) => m.read_at)
    })
    .toBe(true)

  // What follows is said before the answer is sent, and nothing can be sent without the question.
  await side.page.getByRole('radio', { name: /需补充/ }).check()
  await expect(side.page.getByText('答复期限暂停')).toBeVisible()
  await expect(side.page.getByRole('button', { name: /提交/ })).toBeDisabled()
  await side.page.getByRole('radio', { name: '技术经理人' }).check()
  await side.page.getByLabel('想了解什么').fill('首轮试制在什么时候？')
  await side.page.getByRole('button', { name: /提交/ }).click()
  await expect(side.page.getByText('等技术经理人回复')).toBeVisible()

  // The broker's open page follows by itself; while an input method composes, Ctrl+Enter sends nothing.
  await expect(broker.page.getByText('请在留言中回复')).toBeVisible()
  const box = broker.page.getByRole('textbox', { name: '留言' })
  await box.fill('明年一月。')
  await box.dispatchEvent('compositionstart')
  await box.press('Control+Enter')
  await expect(box).toHaveValue('明年一月。')
  await box.dispatchEvent('compositionend')
  await box.press('Control+Enter')
  await expect(box).toHaveValue('')
  // Whoever has the thread before their eyes has read it, and the others see which party has.
  const reply = (page: typeof side.page) => page.getByRole('listitem').filter({ hasText: '明年一月。' })
  await expect(reply(side.page)).toBeVisible()
  await reply(side.page).scrollIntoViewIfNeeded()
  await expect(reply(broker.page).getByText('成果方已读，需求方未读')).toBeVisible()
  await expect(side.page.getByText('请看过匹配依据后答复')).toBeVisible()

  await broker.page.getByRole('button', { name: '提议会议时间' }).click()
  const next = new Date().getFullYear() + 1
  await broker.page.getByLabel('时间 1', { exact: true }).fill(`${next}-01-12T10:00`)
  await broker.page.getByRole('button', { name: '再加一个时间' }).click()
  await broker.page.getByLabel('时间 2', { exact: true }).fill(`${next}-01-13T14:30`)
  await broker.page.getByLabel('地点').fill('材料楼 201')
  await broker.page.getByRole('button', { name: '提议', exact: true }).click()
  await side.page.getByRole('radio', { name: /1月13日/ }).check()
  await side.page.getByRole('button', { name: '同意' }).click()
  await expect(broker.page.getByText('成果方已同意')).toBeVisible()
  await expectSound(side.page, 'an introduction')
})

test('messages are marked and the mark is undone; a subscription is deleted and comes back', async ({
  as,
}) => {
  const { page } = await as('enterprise1')
  await page.goto('/inbox?unread=true')
  const unread = page.getByRole('button', { name: /^未读/ })
  await expect(unread).toHaveText(/\d/)
  const before = await unread.innerText()
  await page.getByRole('button', { name: '标为已读', exact: true }).first().click()
  await expect(unread).not.toHaveText(before)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(unread).toHaveText(before)
  // Each message leads to what it is about.
  const about = page
    .getByRole('main')
    .getByRole('link', { name: /^(打开|查看)/ })
    .first()
  const target = new URL((await about.getAttribute('href'))!, page.url()).pathname
  await about.click()
  await expect(page).toHaveURL((url) => url.pathname === target)
  await expectSound(page, 'what a message is about')

  await page.goto('/preferences')
  await page.getByRole('button', { name: '新建订阅' }).click()
  await page.getByLabel('关键词').fill('储氢')
  await page.getByLabel('给这项订阅起个名称').fill('储氢成果')
  await page.getByRole('button', { name: '订阅', exact: true }).click()
  await expect(page.getByRole('link', { name: '储氢成果' })).toBeVisible()
  await page.getByRole('button', { name: '删除订阅 储氢成果' }).click()
  await expect(page.getByRole('link', { name: '储氢成果' })).toHaveCount(0)
  await page.getByRole('button', { name: '撤销' }).last().click()
  await expect(page.getByRole('link', { name: '储氢成果' })).toHaveAttribute('href', /\/search\?.*q=/)
  await expectSound(page, 'preferences')
})
