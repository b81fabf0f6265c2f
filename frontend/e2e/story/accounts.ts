// What administrators do with accounts, and the first day of whoever gets one.

import { expect, type Page } from '@playwright/test'
import { password } from './people'

/** An account of the bureau, which waits for the security administrator; its id and the password that opens it once. */
export async function makeOperator(sysadmin: Page): Promise<{ id: string; once: string }> {
  await sysadmin.goto('/users')
  await sysadmin.getByRole('button', { name: /新建或邀请/ }).click()
  const form = sysadmin.getByRole('dialog', { name: '新建账号' })
  await form.getByRole('radio', { name: /直接建立/ }).check()
  await form.getByLabel('姓名').fill('顾新')
  await form.getByLabel('登录名').fill('kejiju-new')
  await form.getByLabel('角色').selectOption('operator')
  await form.getByRole('button', { name: '建立账号' }).click()
  const shown = sysadmin.getByRole('dialog', { name: '一次性密码' })
  const once = await shown.locator('.password').innerText()
  await shown.getByRole('button', { name: '已转告' }).click()
  await expect(sysadmin).toHaveURL(/\/users\/u_\w{20}/)
  return { id: /u_\w{20}/.exec(sysadmin.url())![0], once }
}

/** A change of an account's state. */
export async function change(admin: Page, id: string, act: '启用' | '锁定' | '解锁'): Promise<void> {
  await admin.goto(`/users/${id}`)
  await admin.getByRole('button', { name: act, exact: true }).click()
  await expect(admin.getByRole('region', { name: '操作结果' }).getByText(`已${act}`)).toBeVisible()
}

/** Signs in with the password that was handed over, which must be changed before anything else. */
export async function firstDay(page: Page, once: string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('登录名').fill('kejiju-new')
  await page.getByLabel('密码', { exact: true }).fill(once)
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page.getByText('请先修改密码')).toBeVisible()
  await page.getByLabel('当前密码', { exact: true }).fill(once)
  await page.getByLabel('新密码', { exact: true }).fill(password)
  await page.getByRole('button', { name: '修改密码' }).click()
  await expect(page.getByRole('heading', { name: /您好/ })).toBeVisible()
}
