// What must not cost anybody their work: a session that ends, a network that breaks, an input method, a file with faults.

import type { CDPSession, Page, Request } from '@playwright/test'
import { expect, test, whoIs } from './city'
import { saved } from './story/records'

test.describe('a session that ends', () => {
  test.use({ tolerated: ['401 (Unauthorized)'] })

  test('while a form is filled in: nothing that was typed is lost', async ({ as, city }) => {
    const person = await as('enterprise4')
    const { page } = person
    const me = await whoIs(person)
    await page.goto('/mine/needs/new')
    await page.getByLabel('需求名称').fill('延长热压模具的寿命')
    await expect(saved(page)).toBeVisible()
    await page.getByRole('button', { name: /下一步/ }).click()

    const secadmin = await as('secadmin')
    await secadmin.page.goto(`/users/${me.id}`)
    await secadmin.page.getByRole('button', { name: '结束全部会话' }).click()
    await secadmin.page.getByRole('dialog').getByRole('button', { name: '结束全部会话' }).click()
    await expect(secadmin.page.getByText('已结束全部会话')).toBeVisible()

    await page.getByLabel('技术难题', { exact: true }).fill('模具用不到两千次就开裂。')
    const again = page.getByRole('dialog', { name: '登录已过期' })
    await expect(again).toContainText(me.name)
    await again.getByLabel('密码').fill(city.password)
    await again.getByRole('button', { name: '登录' }).click()
    await expect(again).toBeHidden()
    // The request that met the end goes on by itself.
    await expect(saved(page)).toBeVisible()
    await page.reload()
    await expect(page.getByLabel('技术难题', { exact: true })).toHaveValue('模具用不到两千次就开裂。')
  })
})

test.describe('a network that breaks', () => {
  test.use({ tolerated: ['ERR_INTERNET_DISCONNECTED'] })

  test('is said, and its return heals the page', async ({ as }) => {
    const { page, context } = await as('operator')
    await page.goto('/organisations')
    await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
    await context.setOffline(true)
    await expect(page.getByText('网络已断开，恢复后会自动重试')).toBeVisible()
    await page.getByRole('link', { name: '驾驶舱' }).first().hover()
    await page.getByRole('columnheader').getByRole('button').first().click()
    await expect(page.getByRole('alert').filter({ hasText: '无法连接服务' })).toBeVisible()
    await context.setOffline(false)
    await expect(page.getByText('网络已断开，恢复后会自动重试')).toBeHidden()
    await expect(page.getByText('无法连接服务')).toBeHidden()
    await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
  })
})

/** Types as an input method does: letters first, which are no text yet, and Enter to choose. */
async function compose(cdp: CDPSession, letters: string): Promise<void> {
  for (let n = 1; n <= letters.length; n++)
    await cdp.send('Input.imeSetComposition', {
      text: letters.slice(0, n),
      selectionStart: n,
      selectionEnd: n,
    })
  for (const type of ['rawKeyDown', 'keyUp'] as const)
    await cdp.send('Input.dispatchKeyEvent', { type, key: 'Enter', windowsVirtualKeyCode: 229 })
}

test('an input method neither searches nor decides before it is done', async ({ as }) => {
  const { page, context } = await as('broker3')
  const cdp = await context.newCDPSession(page)
  const asked: string[] = []
  const note = (r: Request) => asked.push(r.url())

  await page.goto('/')
  const box = page.getByRole('combobox').first()
  await box.focus()
  page.on('request', note)
  await compose(cdp, 'gongyi')
  await page.waitForTimeout(400) // longer than a pause in typing that would ask
  expect(asked.filter((u) => /suggest|search/.test(u))).toEqual([])
  await expect(page).toHaveURL(/\/$/)
  await cdp.send('Input.insertText', { text: '工艺' })
  await expect(box).toHaveValue('工艺')
  await expect.poll(() => asked.some((u) => u.includes('suggest'))).toBe(true)
  await box.press('Enter')
  await expect(page).toHaveURL(/q=/)
  page.off('request', note)

  await queueWhileComposing(page, cdp)
})

async function queueWhileComposing(page: Page, cdp: CDPSession): Promise<void> {
  await page.goto('/queue')
  const said = page.getByRole('region', { name: '候选列表' }).getByRole('status').first()
  await expect(said).toContainText(/共 \d+ 条/)
  const before = /共 \d+ 条/.exec(await said.innerText())![0]
  await page.keyboard.press('/')
  const box = page.getByRole('searchbox')
  await expect(box).toBeFocused()
  const sent: string[] = []
  page.on('request', (r) => r.method() !== 'GET' && sent.push(r.url()))
  // The letters of 爱, of which the first accepts and the second starts a note.
  await compose(cdp, 'ai')
  await page.waitForTimeout(400) // as above
  await expect(page).toHaveURL(/\/queue(\/k_\w+)?$/)
  expect(sent.filter((u) => u.includes('decision'))).toEqual([])
  await expect(said).toContainText(before)
  await cdp.send('Input.insertText', { text: '激光' })
  await expect(page).toHaveURL(/q=/)
}

test('a file with faults writes nothing until it is right', async ({ as }) => {
  const person = await as('enterprise5')
  const { page, api } = person
  const { organisation_name: organisation } = await whoIs(person)
  const total = async () => ((await api('GET', '/mine/records?kind=need&limit=1')) as { total: number }).total
  const before = await total()
  const file = (budget: string) => ({
    name: '需求.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `\uFEFF需求名称,单位名称,技术难题,拟投入资金,状态\n注塑件缩痕的在线预测,${organisation},模内压力与缩痕的关系不清,${budget},草稿`,
    ),
  })
  await page.goto('/import')
  const choose = page.getByLabel('选择要导入的文件')
  await choose.setInputFiles(file('很多钱'))
  await expect(page.getByRole('heading', { name: '检查结果' })).toBeVisible()
  await expect(page.getByRole('button', { name: /第 2 行「拟投入资金」/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^写入/ })).toBeDisabled()
  const [book] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载错误行表格' }).click(),
  ])
  expect(book.suggestedFilename()).toMatch(/\.xlsx$/)
  expect(await total()).toBe(before)

  await page.getByRole('button', { name: '换一个文件' }).click()
  await choose.setInputFiles(file('30'))
  await page.getByRole('button', { name: '写入 1 条' }).click()
  await expect(page.getByRole('heading', { name: '导入完成' })).toBeVisible()
  expect(await total()).toBe(before + 1)
})
