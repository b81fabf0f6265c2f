// An import from file to drafts with a wrong cell and a near duplicate; and what a university learns of its records.

import { expect, test } from './city'
import { expectSound, settled } from './look'

const head = '成果名称,单位名称,成果简介,合作价格,状态'

test('a file with a wrong cell and a near duplicate', async ({ as }) => {
  const { page, api } = await as('university2')
  const own = (await api('GET', '/mine/records?kind=achievement&limit=1')) as { items: { title: string }[] }
  const like = own.items[0]!.title
  const lines = [
    head,
    `${like}研究,海州理工大学,与已有的几乎一样,面议,草稿`,
    '导入测试用的新成果甲,海州理工大学,简介,好多钱,草稿',
    '导入测试用的新成果乙,海州理工大学,简介,20,草稿',
  ]
  await page.goto('/import')
  await page.getByLabel('选择要导入的文件').setInputFiles({
    name: '成果.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('\uFEFF' + lines.join('\n')),
  })
  await expect(page.getByRole('heading', { name: '检查结果' })).toBeVisible()
  await settled(page)

  // A click on the fault leads to its cell, which says what is wrong.
  await page.getByRole('button', { name: /第 3 行「合作价格」/ }).click()
  await expect(page.locator('[data-cell="cell-3-合作价格"]')).toBeFocused()
  await expectSound(page, 'the preview')

  // What resembles a record must be decided on before anything is written; a reload keeps what was chosen.
  const write = page.getByRole('button', { name: /^写入/ })
  await expect(write).toBeDisabled()
  await page.getByRole('radio', { name: /^跳过/ }).check()
  await expect(write).toHaveText(/写入 1 条/)
  await page.waitForFunction(() => Object.keys(localStorage).some((k) => k.includes('draft.import')))
  await page.reload()
  await expect(page.getByRole('radio', { name: /^跳过/ })).toBeChecked()
  await write.click()
  await expect(page.getByRole('heading', { name: '导入完成' })).toBeVisible()
  await page.getByRole('link', { name: '导入测试用的新成果乙' }).click()
  await expect(page.getByRole('heading', { name: '导入测试用的新成果乙' })).toBeVisible()
})

test('a large file: the answer is lost and found, the writing is stopped and gone on with', async ({
  as,
}) => {
  const { page, api } = await as('university3')
  const { total: before } = (await api('GET', '/mine/records?kind=achievement&limit=1')) as { total: number }
  const rows = 4000 // enough to be stopped on the way also by a quick computer
  const lines = Array.from(
    { length: rows },
    (_, i) => `批量第${i}号${i * 7919}成果,钱塘生物医药大学,简介${i},面议,草稿`,
  )
  // What the server answers to the upload does not arrive.
  await page.addInitScript(() => {
    const send = XMLHttpRequest.prototype.send
    XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body) {
      const lost = this.onerror
      if (body instanceof FormData) this.onload = (e) => lost?.call(this, e as ProgressEvent)
      send.call(this, body)
    }
  })
  await page.goto('/import')
  await page.getByLabel('选择要导入的文件').setInputFiles({
    name: '批量成果.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('\uFEFF' + [head, ...lines].join('\n')),
  })
  await expect(page.getByText('连接曾经断开')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: `写入 ${rows.toLocaleString('zh-CN')} 条` }).click()

  await page.getByRole('button', { name: '停止' }).click()
  await expect(page.getByRole('heading', { name: '已停止写入' })).toBeVisible()
  const { total: now } = (await api('GET', '/mine/records?kind=achievement&limit=1')) as { total: number }
  expect(now - before).toBeGreaterThan(0)
  expect(now - before).toBeLessThan(rows)
  await expect(page.getByRole('row', { name: /批量成果\.csv/ })).toContainText('已停止')
  await expectSound(page, 'a stopped import')
  await page.getByRole('button', { name: '放弃剩余' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.reload()
  await page.getByRole('button', { name: /^继续写入/ }).click()
  await expect(page.getByRole('heading', { name: '导入完成' })).toBeVisible({ timeout: 60_000 })
  expect(await api('GET', '/mine/records?kind=achievement&limit=1')).toMatchObject({ total: before + rows })
})

test('a university learns why its achievements came to nothing', async ({ as }) => {
  const { page } = await as('university2')
  await page.goto('/mine/shown')
  const reasons = page.getByRole('region', { name: '没有成的原因' })
  const first = reasons.getByRole('button').first()
  await first.click()
  await expect(page).toHaveURL(/reason=/)
  await expect(first).toHaveAttribute('aria-pressed', 'true')
  await expectSound(page, 'what was shown')
})
