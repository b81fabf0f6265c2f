// From a candidate in a broker's queue to a contract in the register.

import { expect, type Page } from '@playwright/test'
import type { Person } from '../city'
import { pick } from './people'

export interface Candidate {
  id: string
  achievement_id: string
  broker: string
}

/** Matching works in the background: until the pair stands in somebody's queue. */
export async function candidate(operator: Person, need: string, achievement: string): Promise<Candidate> {
  let found: Candidate | undefined
  await expect(async () => {
    const { items } = (await operator.api('GET', `/queue?need=${need}`)) as { items: Candidate[] }
    found = items.find((c) => c.achievement_id === achievement)
    expect(found).toBeDefined()
  }).toPass({ timeout: 60_000 })
  return found!
}

/** Invitations usually wait some minutes, in which a broker may change his mind. */
export async function inviteAtOnce(operator: Page): Promise<void> {
  await operator.goto('/settings?part=queue')
  await operator.getByLabel('邀请前等待').fill('0')
  await operator.getByRole('button', { name: '保存' }).click()
  await expect(operator.getByText('分派规则已保存')).toBeVisible()
}

/** By keyboard; the introduction that follows from it. */
export async function accept(broker: Person, id: string): Promise<string> {
  await broker.page.goto(`/queue/${id}`)
  const bar = broker.page.getByRole('toolbar', { name: '对这条候选的决定' })
  await expect(bar.getByRole('button', { name: /^采纳/ })).toBeVisible()
  await expect(broker.page.getByRole('region', { name: '当前候选' })).toContainText('空洞率')
  await broker.page.keyboard.press('a')
  let introduction = ''
  await expect(async () => {
    const { candidate } = (await broker.api('GET', `/queue/${id}`)) as {
      candidate: { state: string; introduction_id?: string }
    }
    expect(candidate.state).toBe('accepted')
    introduction = candidate.introduction_id ?? ''
    expect(introduction).not.toBe('')
  }).toPass({ timeout: 60_000 })
  return introduction
}

export async function interested(page: Page, introduction: string): Promise<void> {
  await page.goto(`/introductions/${introduction}`)
  await page.getByRole('radio', { name: /有意向/ }).check()
  await page.getByRole('button', { name: /提交“有意向”/ }).click()
  await expect(page.getByText('已答复“有意向”')).toBeVisible()
}

/** One side writes; the other's open page shows it by itself. */
export async function say(from: Page, to: Page, text: string): Promise<void> {
  await from.getByRole('textbox', { name: '留言' }).fill(text)
  await from.getByRole('button', { name: '发送' }).click()
  await expect(to.getByRole('listitem').filter({ hasText: text })).toBeVisible()
}

/** The project that both sides' interest became, as the page of the introduction shows it by itself. */
export async function dealOf(page: Page): Promise<string> {
  const link = page.getByRole('region', { name: '对接项目' }).getByRole('link')
  await expect(link).toBeVisible({ timeout: 30_000 })
  return (await link.getAttribute('href'))!
}

/** Step by step, as the talks go. */
export async function negotiate(broker: Page, deal: string): Promise<void> {
  await broker.goto(deal)
  for (const stage of ['洽谈', '考察/保密', '方案比选/试验', '合同谈判']) {
    await broker.getByRole('button', { name: `推进到「${stage}」` }).click()
    await expect(broker.getByRole('heading', { name: '阶段' }).locator('..')).toContainText(stage)
  }
}

async function party(page: Page, nature: [string, string], code?: string): Promise<void> {
  if (code) await page.getByRole('textbox', { name: '统一社会信用代码' }).fill(code)
  if (!(await page.getByRole('textbox', { name: '行政区划' }).inputValue()))
    await pick(page, '行政区划', '亭湖', '亭湖区')
  await pick(page, '单位性质', ...nature)
  await page.getByLabel('单位规模').selectOption({ label: '中型' })
}

/** All that the registration asks for, part by part. */
export async function fillContract(broker: Page, deal: string): Promise<void> {
  const next = () => broker.getByRole('button', { name: /^下一步/ }).click()
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  await broker.goto(`${deal}/contract`)
  await pick(broker, '合同类型', '委托开发', '委托开发')
  await broker.getByLabel('签订日期').fill(today)
  await broker.getByLabel('有效期起').fill(today)
  await broker.getByLabel('有效期止').fill(`${Number(today.slice(0, 4)) + 2}-12-31`)
  await next()
  await party(broker, ['高等院校', '高等院校'])
  await next()
  await party(broker, ['有限责任', '有限责任公司'])
  await next()
  await broker.getByLabel('成交额（万元）', { exact: true }).fill('120')
  await broker.getByRole('button', { name: '技术交易额与成交额相同' }).click()
  await broker.getByLabel('支付方式').selectOption({ label: '分期支付' })
  await next()
  await pick(broker, '知识产权类型', '发明专利', '发明专利')
  await pick(broker, '计划来源', '计划外', '计划外')
  await broker.getByLabel('技术领域').selectOption({ label: '电子信息' })
  await broker.getByLabel('社会经济目标').selectOption({ index: 2 })
  await pick(broker, '服务的国民经济行业', '电子设备制造', '电子设备制造')
  await broker.getByLabel('密级').selectOption({ label: '非密' })
  await broker.getByRole('button', { name: '保存合同' }).click()
  await expect(broker.getByText('登记表各项已填齐')).toBeVisible()
  await broker.goto(deal)
  await broker.getByRole('button', { name: '推进到「已签约」' }).click()
  await expect(broker.getByRole('button', { name: '推进到「认定登记」' })).toBeVisible()
}

export async function register(operator: Page, deal: string, number: string): Promise<void> {
  await operator.goto(`${deal}?tab=contract`)
  await operator.getByRole('button', { name: '填写登记编号' }).click()
  await operator.getByLabel('技术合同登记编号').fill(number)
  await operator.getByLabel('登记机构').fill('盐城市技术合同登记站')
  await operator.getByRole('button', { name: '登记', exact: true }).click()
  await expect(operator.getByText(number)).toBeVisible()
}

export async function receive(page: Page, deal: string): Promise<void> {
  await page.goto(`${deal}?tab=money`)
  await page.getByRole('button', { name: '登记到账' }).click()
  await page.getByLabel('金额（万元）').fill('36')
  await page.getByLabel('凭证号').fill('银收-首付')
  await page.locator('form').getByRole('button', { name: '登记到账' }).click()
  await expect(page.getByRole('region', { name: '到账表格' })).toContainText('36 万元')
}

/** How many contracts the cockpit says were registered this year. */
export async function registered(operator: Page): Promise<number> {
  await operator.goto('/cockpit')
  const card = operator.getByRole('link', { name: /^认定登记/ }).first()
  await expect(card).toBeVisible()
  return Number(/^认定登记\s*([\d,]+)/.exec(await card.innerText())![1]!.replace(/,/g, ''))
}
