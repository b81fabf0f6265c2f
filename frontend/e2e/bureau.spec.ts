// The bureau's desk: reviewing by keyboard, with undo, comments by field; the calendar; who may do what with accounts.

import { expect, test } from './city'

test('reviews are answered by keyboard and can be taken back', async ({ as }) => {
  const { page } = await as('operator')
  await page.goto('/reviews')
  const links = page.getByRole('region', { name: '送审记录表格' }).getByRole('link')
  const first = (await links.first().textContent())!.trim()
  await links.first().click()
  await expect(page.getByRole('heading', { level: 2, name: first })).toBeVisible()

  await page.keyboard.press('j')
  await expect(page.getByRole('heading', { level: 2, name: first })).toBeHidden()
  await page.keyboard.press('k')
  await expect(page.getByRole('heading', { level: 2, name: first })).toBeVisible()

  // An approval is held, the next one is shown, and u brings it back unanswered.
  await page.keyboard.press('a')
  await expect(page.getByText(`通过「${first}」`)).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: first })).toBeHidden()
  await page.keyboard.press('u')
  await expect(page.getByRole('heading', { level: 2, name: first })).toBeVisible()

  // Nothing is returned without a word; a comment stands by its field.
  await page.keyboard.press('r')
  await expect(page.getByText('请先写明要修改什么')).toBeVisible()
  await page.getByRole('textbox', { name: /总的意见/ }).press('Tab')
  await page.getByRole('heading', { level: 2, name: first }).click()
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: /对「.*」的意见/ }).fill('请写明对象和指标')
  await page.getByRole('button', { name: '加入意见' }).click()
  await expect(page.getByText('已对栏目提出 1 条意见')).toBeVisible()
  await page.getByRole('button', { name: /退回修改/ }).click()
  await expect(page.getByText(`退回「${first}」`)).toBeVisible()
  // Leaving the desk sends what was held.
  await page.getByRole('link', { name: '返回清单' }).click()
  await page.goto('/reviews?state=returned')
  await expect(page.getByRole('link', { name: first })).toBeVisible()
})

test('a day of the calendar is turned round, and back', async ({ as }) => {
  const { page } = await as('operator')
  await page.goto('/settings?part=calendar')
  // Which days of March are worked on depends on the year.
  const worked = page.getByRole('button', { name: /^3月\d+日 上班$/ }).first()
  const [date] = (await worked.getAttribute('aria-label'))!.split(' ')
  const day = page.getByRole('button', { name: `${date} ` })
  await day.click()
  await expect(day).toHaveAccessibleName(`${date} 放假 （自行补充）`)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(day).toHaveAccessibleName(`${date} 上班`)
})

test('each administrator is offered what is theirs', async ({ as }) => {
  for (const [login, offered, withheld] of [
    ['sysadmin', '重置密码', '调整角色与辖区'],
    ['secadmin', '调整角色与辖区', '重置密码'],
  ] as const) {
    const { page } = await as(login)
    await page.goto('/users?role=enterprise')
    await page.getByRole('region', { name: '账号表格' }).getByRole('link').first().click()
    await expect(page.getByRole('button', { name: offered })).toBeVisible()
    await expect(page.getByRole('button', { name: withheld })).toBeHidden()
  }
})

test('what the browser refuses is said beside the field, and 保存 keeps the focus', async ({ as }) => {
  const { page } = await as('operator')
  await page.goto('/settings?part=targets')
  const rate = page.getByRole('spinbutton', { name: '对接率' })
  const save = page.getByRole('button', { name: '保存', exact: true })
  await rate.fill('101')
  await save.press('Enter')
  await expect(rate).toHaveAccessibleDescription(/对接率应在 0～100 之间/)
  await expect(rate).toBeFocused()
  await rate.fill('61')
  await save.press('Enter')
  await expect(page.getByText('年度指标已保存')).toBeVisible()
  await expect(save).toBeFocused()
})

test('a list follows what is typed, and going back leaves it', async ({ as }) => {
  const { page } = await as('operator')
  await page.goto('/users')
  await page.goto('/organisations')
  const rows = page.getByRole('region', { name: /表格/ }).getByRole('row')
  await expect(rows.nth(1)).toBeVisible()
  const box = page.getByLabel('名称', { exact: true })
  await box.pressSequentially('大学', { delay: 20 })
  await expect(page).toHaveURL(/q=/)
  // What is left without the word is the head.
  await expect(rows.filter({ hasNotText: '大学' })).toHaveCount(1)
  await expect(box).toBeFocused()
  await page.goBack()
  await expect(page).toHaveURL(/users/)
})
