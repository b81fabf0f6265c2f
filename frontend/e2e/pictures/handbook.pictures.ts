// The pictures of docs/handbook, at 1280. A page that is gone, or has lost the heading that it is known by, fails here; so does
// whatever a page says to the console.

import type { Page } from '@playwright/test'
import { statSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '../city'
import { settled } from '../look'

/** All pictures together, in bytes: the handbooks travel with the source. */
const limit = 4_000_000

const folder = fileURLToPath(new URL('../../../docs/handbook/images/', import.meta.url))
const size = { width: 1280, height: 800 }

interface Picture {
  name: string
  path: string
  /** The heading the page is known by. */
  shows: string | RegExp
  /** What is done before the picture is taken. */
  act?: (page: Page) => Promise<unknown>
}

/** Opens the first entry of the list. */
const first = async (page: Page): Promise<void> => {
  await page.getByRole('table').getByRole('link').first().click()
}

const pictures: Record<string, readonly Picture[]> = {
  '': [{ name: 'signup', path: '/signup', shows: '单位入驻' }],
  enterprise1: [
    { name: 'enterprise-work', path: '/work', shows: /您好/ },
    { name: 'enterprise-need', path: '/mine/needs/new', shows: '填报技术需求' },
    { name: 'enterprise-matches', path: '/mine/matches', shows: /匹配推荐/ },
    { name: 'preferences', path: '/preferences', shows: '通知与订阅' },
  ],
  university1: [
    { name: 'university-achievements', path: '/mine/achievements', shows: '我的成果' },
    { name: 'university-import', path: '/import', shows: /批量导入/ },
    { name: 'university-shown', path: '/mine/shown', shows: '推荐与反馈' },
    { name: 'university-income', path: '/income', shows: '收入与分配' },
  ],
  university2: [
    {
      name: 'introduction',
      path: '/introductions',
      shows: '线上对接',
      act: async (page) => {
        await first(page)
        await page.getByRole('heading', { name: '为什么推荐' }).waitFor()
      },
    },
  ],
  broker1: [
    { name: 'broker-queue', path: '/queue', shows: /候选队列/ },
    { name: 'broker-opinions', path: '/opinions', shows: '第二意见' },
    { name: 'broker-desk', path: '/desk', shows: '负荷与时效' },
    { name: 'broker-deals', path: '/deals?view=board', shows: '项目与合同' },
    {
      name: 'broker-deal',
      path: '/deals',
      shows: '项目与合同',
      act: async (page) => {
        await first(page)
        await page.getByRole('heading', { name: '阶段' }).waitFor()
      },
    },
  ],
  operator: [
    { name: 'bureau-work', path: '/work', shows: /您好/ },
    {
      name: 'bureau-review',
      path: '/reviews',
      shows: '审核台',
      act: async (page) => {
        await first(page)
        await page.getByRole('button', { name: /^通过/ }).waitFor()
      },
    },
    { name: 'bureau-cockpit', path: '/cockpit', shows: '领导驾驶舱' },
    { name: 'bureau-assignments', path: '/assignments', shows: '推荐分配' },
    { name: 'bureau-settings', path: '/settings', shows: '指标与规则' },
    { name: 'bureau-subsidies', path: '/subsidies', shows: '补助' },
  ],
  sysadmin: [
    { name: 'system-channels', path: '/channels', shows: '通知渠道' },
    { name: 'system-jobs', path: '/jobs', shows: '后台任务' },
  ],
  secadmin: [{ name: 'security-policy', path: '/security', shows: '安全策略' }],
  auditor: [{ name: 'audit-log', path: '/audit', shows: '审计日志' }],
}

for (const [login, list] of Object.entries(pictures)) {
  test(`as ${login || 'the public'}`, async ({ as }) => {
    const { page } = await as(login, size)
    for (const p of list) {
      await page.goto(p.path)
      await expect(page.getByRole('heading', { level: 1, name: p.shows }), p.path).toBeVisible()
      await p.act?.(page)
      await settled(page)
      await page.screenshot({
        path: `${folder}${p.name}.png`,
        animations: 'disabled',
        caret: 'hide',
      })
    }
  })
}

test.afterAll(() => {
  const bytes = readdirSync(folder).reduce((sum, f) => sum + statSync(folder + f).size, 0)
  expect(bytes, 'all pictures together').toBeLessThanOrEqual(limit)
})
