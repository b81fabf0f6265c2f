// What the browser itself measures of a page: keys, frames, memory.

import type { Page } from '@playwright/test'

/** How long each key took until the next frame, by the browser's own measure. */
export async function keyTimes(page: Page, keys: string[]): Promise<number[]> {
  await page.evaluate(() => {
    const seen: number[] = []
    Object.assign(window, { seen })
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) if (e.name === 'keydown') seen.push(e.duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  })
  for (const key of keys) {
    await page.keyboard.press(key)
    await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => setTimeout(r))))
  }
  await page.waitForTimeout(500) // what the browser measured is told with a delay
  return page.evaluate(() => (window as unknown as { seen: number[] }).seen)
}

/** What the page holds once what is no longer needed is collected. */
export async function held(page: Page): Promise<{ nodes: number; bytes: number }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.collectGarbage')
  await cdp.send('Performance.enable')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((m) => m.name === name)!.value
  await cdp.detach()
  return { nodes: of('Nodes'), bytes: of('JSHeapUsedSize') }
}

/** Decides on the candidate that is shown; how long it takes until the one after it is, with its evidence. */
export const decided = (page: Page, key: string, next: string): Promise<number> =>
  page.evaluate(
    ([key, next]) =>
      new Promise<number>((resolve) => {
        const pair = document.querySelector('section[aria-label="当前候选"]')!
        const begun = performance.now()
        const look = (): void => {
          if (pair.textContent.includes(next) && !pair.querySelector('[aria-busy="true"]'))
            resolve(performance.now() - begun)
          else requestAnimationFrame(look)
        }
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        look()
      }),
    [key, next] as const,
  )

/** The gaps between frames while the wheel is turned over the list. */
export async function scroll(page: Page): Promise<number[]> {
  await page.getByRole('region', { name: '候选列表' }).getByRole('listitem').nth(3).hover()
  await page.evaluate(() => {
    const gaps: number[] = []
    let last = performance.now()
    const tick = (now: number): void => {
      gaps.push(now - last)
      last = now
      requestAnimationFrame(tick)
    }
    requestAnimationFrame((now) => {
      last = now
      requestAnimationFrame(tick)
    })
    Object.assign(window, { gaps })
  })
  for (let n = 0; n < 60; n++) {
    await page.mouse.wheel(0, 240)
    await page.waitForTimeout(30)
  }
  return page.evaluate(() => (window as unknown as { gaps: number[] }).gaps)
}
