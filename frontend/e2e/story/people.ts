// Who takes part in the stories, and how they come to the service through its pages.

import { expect, type Page } from '@playwright/test'
import { whoIs, type Person } from '../city'

type As = (login: string) => Promise<Person>

/** The broker of that id or name, signed in. */
export async function brokerOf(idOrName: string, as: As): Promise<Person> {
  for (const login of ['broker1', 'broker2', 'broker3', 'broker4']) {
    const person = await as(login)
    const { id, name } = await whoIs(person)
    if ([id, name].includes(idOrName)) return person
  }
  throw new Error(`no broker is called ${idOrName}`)
}

/** Signs in by the page. */
export async function enter(page: Page, login: string, password: string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page.getByRole('heading', { name: /您好/ })).toBeVisible()
}

/** Chooses a code of a list with levels by typing a part of its name. */
export async function pick(page: Page, label: string, search: string, name: string): Promise<void> {
  await page.getByRole('textbox', { name: label }).last().fill(search)
  await page.locator('.el-cascader__suggestion-item:visible').filter({ hasText: name }).first().click()
  await page.keyboard.press('Escape')
}

/** A password that the rules take; nothing real is behind it. */
export const password = 'Yinshao-2026!'
export const firm = { name: '盐城新禾封装科技有限公司', code: '91320902MA1XH26E02' }

export async function signUp(page: Page): Promise<void> {
  await page.goto('/signup')
  await page.getByLabel('单位全称').fill(firm.name)
  await page.getByRole('textbox', { name: '统一社会信用代码' }).fill(firm.code)
  await pick(page, '所在地', '亭湖', '亭湖区')
  await page.getByLabel('姓名').fill('陈立新')
  await page.getByLabel('手机').fill('13800138000')
  await page.getByLabel('登录名', { exact: true }).fill('xinhe')
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('checkbox', { name: /入驻约定/ }).check()
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page.getByRole('heading', { name: '已提交，等待审核' })).toBeVisible()
}

export async function letIn(operator: Page): Promise<void> {
  await operator.goto('/signups')
  await operator.getByRole('link', { name: firm.name }).click()
  await expect(operator.getByText('没有名称相近的单位')).toBeVisible()
  await operator.getByRole('button', { name: '通过', exact: true }).click()
  await operator.getByRole('dialog').getByRole('button', { name: '通过', exact: true }).click()
  await expect(operator.getByText('已通过，申请人可以登录了')).toBeVisible()
}

/** The lead invites a colleague without a mail address: the link that opens the account once is handed over. */
export async function invite(lead: Page): Promise<string> {
  await lead.goto('/organisation')
  await lead.getByRole('button', { name: '邀请成员' }).click()
  const form = lead.getByRole('dialog')
  await form.getByLabel('姓名').fill('周技术')
  await form.getByLabel('登录名').fill('xinhe-zhou')
  await form.getByRole('button', { name: '发出邀请' }).click()
  return lead.getByRole('textbox', { name: '邀请链接' }).inputValue()
}

export async function openAccount(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('button', { name: '启用账号' }).click()
  await expect(page.getByText('密码已经设好')).toBeVisible()
  await enter(page, 'xinhe-zhou', password)
}
