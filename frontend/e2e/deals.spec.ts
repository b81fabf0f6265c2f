// Deals: the board, a deal's page, its contract and money, follow-ups.
import { expect, findable, test, type Person } from './city'
import { expectSound } from './look'

// A wrong number is sent on purpose.
test.use({ tolerated: ['status of 400'] })

interface Deal {
  id: string
  title: string
  version: number
  seller: { name: string }
}
interface Deals {
  items: Deal[]
}

/** A deal of the nth need and achievement that anybody finds. */
async function newDeal(person: Person, n: number): Promise<Deal> {
  const body = {
    need_id: await findable(person, 'need', n),
    achievement_id: await findable(person, 'achievement', n),
  }
  return (await person.api('POST', '/deals', body)) as Deal
}

test('a broker moves a card by its menu and takes it back', async ({ as }) => {
  const operator = await as('operator')
  const { page } = operator
  const deal = await newDeal(operator, 0)
  await page.goto('/deals?view=board')
  const lane = (name: string) => page.getByRole('region', { name: new RegExp(`^${name}`) })
  const card = (name: string) =>
    lane(name).getByRole('article').filter({ hasText: deal.title }).filter({ hasText: deal.seller.name })
  await expect(card('已受理')).toBeVisible()
  await expectSound(page, 'the board')
  await card('已受理').getByRole('combobox').selectOption({ label: '需求诊断' })
  await expect(card('需求诊断')).toBeVisible()
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(card('已受理')).toBeVisible()
  // The mouse does the same.
  await card('已受理').dragTo(lane('需求诊断'), { targetPosition: { x: 40, y: 40 } })
  await expect(card('需求诊断')).toBeVisible()
  await page.getByRole('button', { name: '撤销' }).last().click()
  await expect(card('已受理')).toBeVisible()
  // Further than a step needs a reason.
  await card('已受理').getByRole('combobox').selectOption({ label: '推荐' })
  await expect(page.getByRole('dialog')).toContainText('为什么跨过中间的阶段')
})

test('a follow-up is put off, done and taken back', async ({ as }) => {
  const broker = await as('broker1')
  const { page } = broker
  const deal = await newDeal(broker, 1)
  await page.goto(`/deals/${deal.id}`)
  await page.getByLabel('新任务').fill('催企业回传试验数据')
  await page.getByLabel('截止日期', { exact: true }).fill('2026-01-05')
  await page.getByRole('button', { name: '添加' }).click()
  await expect(page.getByRole('checkbox', { name: '催企业回传试验数据' })).toBeVisible()
  await page.goto('/tasks')
  const late = page.getByRole('region', { name: /^已逾期/ })
  await expect(late).toContainText('催企业回传试验数据')
  await expectSound(page, 'follow-ups')
  await page.getByRole('checkbox', { name: '完成「催企业回传试验数据」' }).click()
  await expect(page.getByText('催企业回传试验数据')).toHaveCount(0)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(late).toContainText('催企业回传试验数据')
  await page.getByLabel('把「催企业回传试验数据」延期到').selectOption({ index: 2 })
  await expect(late.getByText('催企业回传试验数据')).toHaveCount(0)
})

test('a deal says what its next stage needs, and a deleted file comes back', async ({ as }) => {
  const broker = await as('broker1')
  const { page } = broker
  const deal = await newDeal(broker, 2)
  await broker.api('POST', `/deals/${deal.id}/advance`, {
    version: deal.version,
    to: 'negotiation',
    note: '双方此前已经试验过',
  })
  await page.goto(`/deals/${deal.id}`)
  await page.getByLabel('选择要上传的文件').setInputFiles({
    name: '会议照片.png',
    mimeType: 'image/png',
    buffer: Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
      'base64',
    ),
  })
  const file = page.getByRole('link', { name: '会议照片.png' })
  await expect(file).toBeVisible()
  await page.getByRole('button', { name: '删除「会议照片.png」' }).click()
  await expect(file).toHaveCount(0)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(file).toBeVisible()

  await expect(page.getByRole('button', { name: '推进到「已签约」' })).toBeDisabled()
  await page.getByRole('button', { name: '选择阶段…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('进入').selectOption({ label: '履约' })
  await expect(dialog.getByRole('button', { name: '推进阶段' })).toBeDisabled()
  await dialog.getByRole('link', { name: '去填写' }).click()
  await expect(page).toHaveURL(/\/contract$/)
})

test('a contract is filled in, registered and paid, and a subsidy applied for', async ({ as }) => {
  const operator = await as('operator')
  const found = (await operator.api('GET', '/deals?stage=signed&state=open')) as Deals
  const deal = found.items[0]!
  const { page } = operator
  await page.goto(`/deals/${deal.id}/contract`)
  const part = (name: RegExp) =>
    page.getByRole('navigation', { name: '合同的各部分' }).getByRole('button', { name })
  const total = page.getByLabel('成交额（万元）', { exact: true })
  await page.getByLabel('项目名称').fill('')
  await part(/金额与支付/).click()
  await total.fill('')
  await part(/知识产权与分类/).click()
  await page.getByRole('button', { name: '保存合同' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  // What was wrong leads to its field, in whichever part it stands.
  await page.getByRole('link', { name: /请填写成交额/ }).click()
  await expect(total).toBeFocused()
  await page.getByRole('link', { name: '请填写项目名称' }).click()
  await expect(page.getByLabel('项目名称')).toBeFocused()
  await page.getByLabel('项目名称').fill('复合隔膜技术开发')
  await part(/金额与支付/).click()
  await total.fill('88.123456')
  await page.getByLabel('技术交易额（万元）').fill('99')
  await expect(page.getByRole('paragraph').filter({ hasText: '技术交易额不能大于成交额' })).toBeVisible()
  await expect(page.getByText('即 881,234.56 元')).toBeVisible()
  await page.getByLabel('技术交易额（万元）').fill('80')
  await page.getByRole('button', { name: '保存合同' }).click()
  await expect(page.getByText('88.123456 万元')).toBeVisible()
  await page.getByRole('button', { name: /填写登记编号|更正登记/ }).click()
  await page.getByLabel('技术合同登记编号').fill('123')
  await page.getByLabel('登记机构').fill('盐城市登记站')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('16 位')
  await page.getByLabel('技术合同登记编号').fill('2026320900999999')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page.getByText('2026320900999999')).toBeVisible()
  await expectSound(page, 'the contract')

  await page.getByRole('link', { name: /到账与补助/ }).click()
  await page.getByRole('button', { name: '登记到账' }).click()
  await page.getByLabel('金额（万元）').fill('40')
  await page.getByLabel('凭证号').fill('银收 2026-1')
  await page.locator('form').getByRole('button', { name: '登记到账' }).click()
  await expect(page.getByRole('region', { name: '到账表格' })).toContainText('40 万元')
  await page.getByRole('button', { name: '申请补助 20,000 元' }).click()
  await expect(page.getByText('待批准').or(page.getByText('已申请')).first()).toBeVisible()
  await expectSound(page, 'the money')
})
