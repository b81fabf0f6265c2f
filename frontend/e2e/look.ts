// What holds of every screen, whoever looks at it.

import { expect, type Page, type Request } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

/** What each page has asked for and not received yet. */
const awaited = new WeakMap<Page, Set<Request>>()

/** To be called before the page opens anything: settled() then knows what it still waits for. */
export function follow(page: Page): void {
  const open = new Set<Request>()
  awaited.set(page, open)
  // Only what is read is shown; the stream of events never ends and is of another type.
  page.on('request', (r) => r.resourceType() === 'fetch' && r.method() === 'GET' && open.add(r))
  page.on('requestfinished', (r) => open.delete(r))
  page.on('requestfailed', (r) => open.delete(r))
}

/** Waits until the page shows what it has to show: it is there, and nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  const limit = { timeout: 20_000 }
  await expect(page.locator('main h1').first()).toBeAttached(limit)
  const busy = page.locator('[aria-busy="true"]')
  const waits = async (): Promise<string[]> => [
    ...[...(awaited.get(page) ?? [])].map((r) => r.url()),
    ...(await busy.evaluateAll((all) => all.map((e) => e.outerHTML.slice(0, 200)))),
  ]
  await expect(async () => {
    expect(await waits()).toEqual([])
    await page.waitForTimeout(150) // what came may ask for more, and move before it stands
    expect(await waits()).toEqual([])
  }).toPass({ ...limit, intervals: [50] })
}

/** Nothing serious for axe, nothing beyond the edge of the screen, and no words of the machine. */
export async function expectSound(page: Page, what: string): Promise<void> {
  await settled(page)
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect.soft(wide, `${what}: wider than the screen`).toBeLessThanOrEqual(0)
  const text = await page.locator('body').innerText()
  expect
    .soft(text, `${what}: words of the machine`)
    .not.toMatch(/undefined|NaN|\[object |未收录（|Invalid Date/)
  expect.soft(await serious(page), `${what}: axe`).toEqual([])
}

/** The serious and critical findings of axe, a line each. */
export async function serious(page: Page): Promise<string[]> {
  // Evaluated, not inserted: the page's policy forbids scripts that are not its own.
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document, o: object) => Promise<unknown> } }
    const answer = await axe.run(document, { resultTypes: ['violations'] })
    return (answer as { violations: unknown }).violations as never
  })
  return (violations as Violation[])
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) =>
      v.nodes.map((n) => `${v.id}: ${v.help}: ${n.html.slice(0, 200)} ${n.failureSummary ?? ''}`),
    )
}
