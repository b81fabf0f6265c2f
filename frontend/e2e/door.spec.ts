// The door: an organisation asks to be let in, is let in, and signs in; what one may not open says so; a contact that was
// looked at is known to its owner.

import { expect, test } from './city'
import { settled } from './look'
import { pick } from './story/people'

test.describe('joining an organisation', () => {
  // The first answer is that the organisation is here already.
  test.use({ tolerated: ['409 (Conflict)'] })

  test('asked for, approved, signed in', async ({ as }) => {
    const { page } = await as('')
    const operator = await as('operator')
    const member = await as('enterprise1')
    const here = (await member.api('GET', '/organisation')) as { name: string; credit_code: string }
    await page.goto('/signup')
    await page.getByLabel('单位全称').fill(here.name)
    await page.getByRole('textbox', { name: '统一社会信用代码' }).fill(here.credit_code)
    await pick(page, '所在地', '亭湖', '亭湖区')
    await page.getByLabel('姓名').fill('王新')
    await page.getByLabel('邮箱').fill('wangxin@example.com')
    await page.getByLabel('登录名', { exact: true }).fill('wangxin')
    await page.getByLabel('密码', { exact: true }).fill('Xinghe-2026!')
    await page.getByRole('checkbox', { name: /入驻约定/ }).check()
    await page.getByRole('button', { name: '提交申请' }).click()
    await page.getByRole('checkbox', { name: /申请加入/ }).check()
    await page.getByRole('button', { name: '提交申请' }).click()
    await expect(page.getByRole('heading', { name: '已提交，等待审核' })).toBeVisible()

    const { items: signups } = (await operator.api('GET', '/signups?state=pending')) as {
      items: { id: string; version: number; user: { login: string } }[]
    }
    const mine = signups.find((s) => s.user.login === 'wangxin')!
    await operator.api('POST', `/signups/${mine.id}/approve`, { version: mine.version })

    await page.goto('/login')
    await page.getByLabel('登录名').fill('wangxin')
    await page.getByLabel('密码', { exact: true }).fill('Xinghe-2026!')
    await page.getByRole('main').getByRole('button', { name: '登录' }).click()
    await expect(page.getByRole('heading', { name: '您好，王新' })).toBeVisible()
    await settled(page)
  })
})

test('what one may not open says so, and a new page begins at its beginning', async ({ as }) => {
  const { page } = await as('enterprise1')
  await page.goto('/audit')
  await expect(page.getByText('您的账号不能打开这个页面')).toBeVisible()
  await page.getByRole('link', { name: '回到工作台' }).click()
  await expect(page.getByRole('heading', { name: /您好/ })).toBeVisible()
  await expect(page.locator('#main')).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: '快捷键' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: '快捷键' })).toBeHidden()
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(page).toHaveURL(/\/introductions/)
})

test('a contact is shown for a reason, which the owner can read', async ({ as }) => {
  const broker = await as('broker1')
  const owner = await as('enterprise1')
  const { items } = (await owner.api('GET', '/mine/records?kind=need&limit=1')) as { items: { id: string }[] }
  const path = `/needs/${items[0]!.id}`
  await broker.page.goto(path)
  await broker.page.getByRole('button', { name: '查看完整联系方式' }).click()
  await broker.page.getByLabel('为什么需要查看').fill('联系安排第一次洽谈')
  await broker.page.getByRole('button', { name: '查看', exact: true }).click()
  await expect(broker.page.getByText('这次查看已经记录')).toBeVisible()
  await owner.page.goto(path)
  await expect(
    owner.page.getByRole('region', { name: '谁看过联系方式' }).getByText('联系安排第一次洽谈'),
  ).toBeVisible()
})
