// An enterprise fills in a need: it is saved while it is typed, survives a reload, is submitted, returned with comments
// beside the fields, put right and submitted again.

import { expect, test } from './city'
import { saved } from './story/records'

test('a need from the first word to the second submission', async ({ as }) => {
  const { page } = await as('enterprise2')
  await page.goto('/mine/needs')
  await page.getByRole('link', { name: '填报需求' }).click()
  await page.getByLabel('需求名称').fill('降低铸件气孔率')
  await expect(saved(page)).toBeVisible()
  await expect(page).toHaveURL(/\/mine\/needs\/n_\w{20}/)
  const id = /n_\w{20}/.exec(page.url())![0]

  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByLabel('技术难题', { exact: true }).fill('铸件气孔率 5%，废品率高。')
  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByRole('button', { name: '添加指标' }).click()
  await page.getByRole('textbox', { name: '指标1' }).fill('气孔率')
  await page.getByLabel('比较').selectOption('≤')
  // A row that is not finished is kept in the browser alone.
  await expect(page.getByText(/没填完的 1 行暂存在本机/)).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: '指标1' })).toHaveValue('气孔率')
  await page.getByLabel('目标值').fill('０．5')
  await page.getByLabel('单位').fill('%')
  await expect(saved(page)).toBeVisible()

  await page.getByRole('button', { name: /检查并提交/ }).click()
  await expect(page.getByText('气孔率 ≤ 0.5 %')).toBeVisible()
  await page.getByRole('button', { name: '提交审核' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '仍然提交' }).click()
  await expect(page.getByText('待审核').first()).toBeVisible()

  const desk = await as('operator')
  const found = (await desk.api('GET', `/needs/${id}`)) as { version: number }
  await desk.api('POST', `/needs/${id}/return`, {
    version: found.version,
    comments: [{ field: 'metrics', message: '请写明测试方法' }],
  })
  await page.goto(`/mine/needs/${id}?step=metrics`)
  await expect(page.getByText('请写明测试方法')).toBeVisible()
  await page.getByRole('button', { name: '添加指标' }).click()
  await page.getByRole('textbox', { name: '指标2' }).fill('测试方法')
  await page.getByLabel('比较').nth(1).selectOption('文字')
  await page.getByLabel('说明').fill('X 射线探伤')
  await expect(saved(page)).toBeVisible()
  await page.getByRole('link', { name: '历史' }).click()
  await expect(page.getByText(/X 射线探伤/)).toBeVisible()
})

test('two new needs in two tabs are two, and both come back', async ({ as }) => {
  const { context } = await as('enterprise4')
  const begin = async () => {
    const page = await context.newPage()
    await page.goto('/mine/needs/new?step=problem')
    return { page, text: page.getByLabel('技术难题', { exact: true }) }
  }
  const one = await begin()
  await one.text.fill('甲页写的')
  const two = await begin()
  await expect(two.text).toHaveValue('')
  await two.text.fill('乙页写的')
  // What was typed last is kept on leaving.
  await one.page.goto('/mine/needs')
  await two.page.goto('/mine/needs')
  await one.page.close()
  await two.page.close()
  await expect((await begin()).text).toHaveValue('甲页写的')
  await expect((await begin()).text).toHaveValue('乙页写的')
})

test.describe('a conflict', () => {
  test.use({ tolerated: ['412'] })
  test('two people change the same field: both texts are there to choose from', async ({ as }) => {
    const { page, api } = await as('enterprise3')
    const { record } = (await api('POST', '/needs', { title: '两人同改', problem: '原来' })) as {
      record: { id: string }
    }
    await page.goto(`/mine/needs/${record.id}?step=problem`)
    const box = page.getByLabel('技术难题', { exact: true })
    await expect(box).toHaveValue('原来')
    let late = false
    await page.route(`**/api/v1/needs/${record.id}`, async (route) => {
      // Just before the page saves for the first time, a colleague does.
      if (route.request().method() === 'PUT' && !late) {
        late = true
        await route.fetch({ postData: JSON.stringify({ title: '两人同改', problem: '同事写的' }) })
      }
      await route.continue()
    })
    await box.fill('我写的')
    const clash = page.getByRole('alert').filter({ hasText: '有人同时改了' })
    await expect(clash).toContainText('我写的')
    await expect(clash).toContainText('同事写的')
    await clash.getByRole('button', { name: '保留我的' }).click()
    await expect(saved(page)).toBeVisible()
    await expect(box).toHaveValue('我写的')
  })
})
