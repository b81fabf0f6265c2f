// What browser tests stand on: a service with the sample city for each worker, people signed in in contexts of their own,
// and pages that fail the test on anything the console said.

import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from './cluster'
import { follow } from './look'
import { start } from './service'

export interface City {
  base: string
  /** The password of every account of the sample. */
  password: string
}

export interface Person {
  page: Page
  context: BrowserContext
  /** Calls the service as this person: reads, and writes with the token that the page would send. */
  api: (method: string, path: string, body?: unknown) => Promise<unknown>
}

interface Fixtures {
  /** Signs somebody in, in a browser of that person's own; "" is the public. */
  as: (login: string, size?: { width: number; height: number }) => Promise<Person>
  /** Faults that a test provokes: a piece of the text of each. */
  tolerated: string[]
}

interface Place {
  /** Where the service keeps its records: in one file, or in PostgreSQL with Redis beside it. */
  storage: 'sqlite' | 'cluster'
  city: City
}

export const test = base.extend<Fixtures, Place>({
  storage: ['sqlite', { option: true, scope: 'worker' }],
  city: [
    async ({ storage }, use) => {
      const data = mkdtempSync(join(tmpdir(), 'jiqiao-city-'))
      const cluster = storage === 'cluster' ? await startCluster() : undefined
      if (!cluster) cpSync(process.env.E2E_SEED!, data, { recursive: true })
      const service = await (cluster ? start('demo', data, cluster.env) : start('serve', data))
      await use({ base: service.base, password: readFileSync(join(data, 'demo-password'), 'utf8').trim() })
      await service.stop()
      await cluster?.stop()
      rmSync(data, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  tolerated: [[], { option: true }],
  as: async ({ browser, city, tolerated }, use) => {
    const opened: BrowserContext[] = []
    const faults: string[] = []
    const watch = (page: Page): void => {
      page.on('console', (m) => {
        if (['error', 'warning'].includes(m.type()))
          faults.push(`${page.url()}: ${m.text()} ${m.location().url}`)
      })
      page.on('pageerror', (e) => faults.push(`${page.url()}: ${e.stack}`))
    }
    await use(async (login, size) => {
      const context = await browser.newContext({
        baseURL: city.base,
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        viewport: size ?? { width: 1440, height: 900 },
        hasTouch: (size?.width ?? 1440) < 600,
        isMobile: (size?.width ?? 1440) < 600,
      })
      opened.push(context)
      // Tours would stand before what a test is about; e2e/help.spec.ts takes them.
      await context.addInitScript(() => localStorage.setItem('jiqiao.tours', '"off"'))
      if (login) await signIn(context, login, city.password)
      const page = await context.newPage()
      watch(page)
      follow(page)
      return { page, context, api: (method, path, body) => call(context, method, path, body) }
    })
    for (const context of opened) await context.close()
    expect(faults.filter((f) => !tolerated.some((t) => f.includes(t)))).toEqual([])
  },
})

export async function signIn(context: BrowserContext, login: string, password: string): Promise<void> {
  const answer = await context.request.post('/api/v1/auth/login', { data: { login, password } })
  expect(answer.status(), await answer.text()).toBe(200)
}

async function call(context: BrowserContext, method: string, path: string, body?: unknown): Promise<unknown> {
  const { csrf_token } = (await (await context.request.get('/api/v1/auth/session')).json()) as {
    csrf_token?: string
  }
  const answer = await context.request.fetch(`/api/v1${path}`, {
    method,
    data: body,
    headers: csrf_token ? { 'X-CSRF-Token': csrf_token } : {},
  })
  const text = await answer.text()
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${text}`).toBe(true)
  return text ? JSON.parse(text) : undefined
}

interface User {
  id: string
  name: string
  organisation_name: string
}

export const whoIs = async ({ api }: Person): Promise<User> =>
  ((await api('GET', '/auth/session')) as { user: User }).user

/** A record that anybody finds: the nth. */
export async function findable({ api }: Person, kind: 'need' | 'achievement', n = 0): Promise<string> {
  const { hits } = (await api('GET', `/search?kind=${kind}&limit=${n + 1}`)) as { hits: { id: string }[] }
  return hits[n]!.id
}

/** Opens the workbench; where the entries of its menu lead. */
export async function menuPaths(page: Page): Promise<string[]> {
  await page.goto('/work')
  // On a phone the menu is in a drawer.
  if (page.viewportSize()!.width < 600) await page.getByRole('button', { name: '打开工作导航' }).click()
  const menu = page.getByRole('navigation', { name: '工作导航' }).getByRole('link')
  await expect(menu.first()).toBeVisible()
  return menu.evaluateAll((links) => links.map((a) => a.getAttribute('href')!))
}

export { expect }
