// The bureau enters for an organisation and sets its days of review.
import { expect, test } from './city'
import { expectSound } from './look'
import { saved } from './story/records'

test('the bureau enters a need for an enterprise, which hears of it and reads who did', async ({ as }) => {
  const operator = await as('operator')
  const owner = await as('enterprise1')
  const { name } = (await owner.api('GET', '/organisation')) as { name: string }
  const title = '降低碳化硅模块烧结银界面空洞率至 2% 以下'

  await operator.page.goto('/mine/needs/new')
  await operator.page.getByLabel('单位名称').fill(name)
  await expectSound(operator.page, 'the choice of an organisation')
  await operator.page.getByRole('link', { name, exact: true }).click()
  await operator.page.getByLabel('需求名称').fill(title)
  await expect(saved(operator.page)).toBeVisible()
  const path = new URL(operator.page.url()).pathname

  await operator.page.goto(`${path}?tab=edit&step=check`)
  await operator.page.getByRole('button', { name: '提交审核' }).click()
  await operator.page.getByRole('button', { name: '仍然提交' }).click()
  await expect(operator.page.getByText('已提交审核，并已通知单位核对')).toBeVisible()
  await operator.page.goto('/mine/needs')
  await expect(operator.page.getByRole('row').filter({ hasText: title })).toContainText(name)

  await owner.page.goto(`${path}?tab=overview`)
  await expect(owner.page.getByText('代您单位填报')).toBeVisible()
  await owner.page.goto('/inbox')
  await expect(owner.page.getByText(`主管部门代您单位提交了技术需求：${title}`)).toBeVisible()
})

test('the days of review are set, with who changed them, and an earlier version is taken up again', async ({
  as,
}) => {
  const { page } = await as('operator')
  await page.goto('/settings?part=reviews')
  const days = page.getByRole('spinbutton', { name: '审核时限' })
  const history = page.getByRole('region', { name: /修改记录/ })
  for (const n of ['5', '7']) {
    await days.fill(n)
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(history.getByText(`${n} 工作日`).first()).toBeVisible()
  }
  await expectSound(page, 'the history of a setting')
  await history.getByRole('button', { name: /恢复到/ }).click()
  await expect(days).toHaveValue('5')
  await page.goto('/reviews')
  await expect(page.getByText('提交后 7 个工作日内答复')).toBeVisible()
})
