// A need and an achievement that answers it, from the first word to their publication.

import { expect, type Locator, type Page } from '@playwright/test'
import { pick } from './people'

export const need = {
  title: '降低碳化硅功率模块银烧结界面空洞率至 2% 以下',
  problem:
    '碳化硅功率模块用银膏烧结时，大芯片边角出现放射状空洞，空洞率 6%～9%，功率循环不足 3 万次即分层。试过提高烧结压力和预烘时间，芯片开裂增多。',
  conditions: '不更换现有烧结机，烧结温度不高于 240 ℃，压力不高于 10 MPa。',
}
export const achievement = {
  title: '碳化硅功率模块低温低压烧结用低空洞率微纳复合银膏',
  abstract:
    '面向碳化硅功率模块的银烧结互连，用微米与纳米银颗粒复配，抑制溶剂挥发形成的界面空洞。大芯片烧结后空洞率 1.2%，烧结温度 230 ℃，压力 8 MPa，功率循环 8 万次不分层。',
  innovations: '空洞率由市售银膏的 6% 降到 1.2%，不需要更换烧结机。',
}

/** The page says that all was saved. */
export const saved = (page: Page): Locator =>
  page.getByRole('status').filter({ hasText: /已保存 \d\d:\d\d\s*$/ })
const next = (page: Page): Promise<void> => page.getByRole('button', { name: /下一步/ }).click()

async function metric(page: Page, n: number, row: [string, string, string, string], value: string) {
  const [name, comparator, amount, unit] = row
  await page.getByRole('button', { name: '添加指标' }).click()
  await page.getByRole('textbox', { name: `指标${n}` }).fill(name)
  await page
    .getByLabel('比较')
    .nth(n - 1)
    .selectOption(comparator)
  await page
    .getByLabel(value)
    .nth(n - 1)
    .fill(amount)
  await page
    .getByLabel('单位')
    .nth(n - 1)
    .fill(unit)
}

/** The guided form, one thing at a time; the id of the need. */
export async function fillNeed(page: Page): Promise<string> {
  await page.goto('/mine/needs')
  await page.getByRole('link', { name: '填报需求' }).click()
  await page.getByLabel('需求名称').fill(need.title)
  await pick(page, '所在地区', '亭湖', '亭湖区')
  await expect(saved(page)).toBeVisible()
  const id = /n_\w{20}/.exec(page.url())![0]

  await next(page)
  await page.getByLabel('技术难题', { exact: true }).fill(need.problem)
  await next(page)
  await metric(page, 1, ['烧结层空洞率', '≤', '2', '%'], '目标值')
  await metric(page, 2, ['烧结温度', '≤', '240', '℃'], '目标值')
  await next(page)
  await page.getByLabel('约束条件').fill(need.conditions)
  await next(page)
  await page.getByRole('checkbox', { name: '联合（合作）开发' }).check()
  await page
    .getByRole('radiogroup', { name: '拟投入资金的写法' })
    .getByRole('radio', { name: '面议' })
    .check()
  await expect(saved(page)).toBeVisible()
  return id
}

/** What the clinic would still ask stands at the end; the enterprise submits all the same. */
export async function submit(page: Page): Promise<void> {
  await page.getByRole('button', { name: /检查并提交/ }).click()
  await page.getByRole('button', { name: '提交审核' }).click()
  // Only where something is open does the page ask once more.
  const all = page.getByRole('dialog').getByRole('button', { name: '仍然提交' })
  const waits = page.getByText('待审核').first()
  await expect(all.or(waits).first()).toBeVisible()
  if (await all.isVisible()) await all.click()
  await expect(waits).toBeVisible()
}

export async function enterAchievement(page: Page): Promise<string> {
  await page.goto('/mine/achievements/new')
  await page.getByLabel('成果名称').fill(achievement.title)
  await next(page)
  await page.getByLabel('成果简介').fill(achievement.abstract)
  await page.getByLabel('创新点与优势').fill(achievement.innovations)
  await next(page)
  await metric(page, 1, ['烧结层空洞率', '=', '1.2', '%'], '数值')
  await metric(page, 2, ['烧结温度', '=', '230', '℃'], '数值')
  await expect(saved(page)).toBeVisible()
  await expect(page).toHaveURL(/a_\w{20}/)
  await submit(page)
  return /a_\w{20}/.exec(page.url())![0]
}

/** The operator writes beside a field what is missing, and gives the need back. */
export async function giveBack(operator: Page, id: string, field: string, comment: string): Promise<void> {
  await operator.goto(`/reviews/need/${id}`)
  await operator.getByRole('button', { name: `对「${field}」提意见` }).click()
  await operator.getByRole('textbox', { name: `对「${field}」的意见` }).fill(comment)
  await operator.getByRole('button', { name: '加入意见' }).click()
  await operator.getByRole('button', { name: /退回修改/ }).click()
  await expect(operator.getByText(/退回「.+」（7 秒内可撤销）/)).toBeVisible()
  // Going away sends what could still be taken back.
  await operator.getByRole('link', { name: '返回清单' }).click()
}

/** The comment stands beside its field until the need is submitted again. */
export async function mend(page: Page, id: string, comment: string): Promise<void> {
  await page.goto(`/mine/needs/${id}?tab=edit&step=problem`)
  await expect(page.getByText(comment)).toBeVisible()
  const box = page.getByLabel('技术难题', { exact: true })
  await box.fill(`${need.problem}每月报废模块约 400 只，损失 30 万元。`)
  await expect(saved(page)).toBeVisible()
  await submit(page)
}

export async function publish(operator: Page, kind: 'need' | 'achievement', id: string): Promise<void> {
  await operator.goto(`/reviews/${kind}/${id}`)
  await expect(operator.getByRole('button', { name: /^通过/ })).toBeEnabled()
  await operator.locator('body').press('a')
  await expect(operator.getByText(/通过「.+」（7 秒内可撤销）/)).toBeVisible()
  await operator.getByRole('link', { name: '返回清单' }).click()
}
