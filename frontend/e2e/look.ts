// What holds of every screen, whoever looks at it.

import { expect, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

/** Waits until the page shows what it has to show: nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 20_000 })
  await page.waitForTimeout(150)
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
