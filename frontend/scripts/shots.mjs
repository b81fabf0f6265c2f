// Screenshots of every page at 1280 and 390 px into shots/, for eyes; and a list of what the console said.
// Use: BASE=http://127.0.0.1:8080 node scripts/shots.mjs [name…]
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const base = process.env.BASE ?? 'http://127.0.0.1:8080'
const only = process.argv.slice(2)
const out = new URL('../shots/', import.meta.url).pathname
mkdirSync(out, { recursive: true })
const api = async (path) => (await fetch(`${base}/api/v1${path}`)).json()
const firstId = async (kind) => (await api(`/search?kind=${kind}&limit=1`)).hits[0].id
const [need, achievement] = [await firstId('need'), await firstId('achievement')]
const q = process.env.QUERY ?? '碳化硅'

const pages = [
  ['home', '/'],
  ['search', `/search?kind=achievement&q=${encodeURIComponent(q)}`],
  ['search-filter', '/search?kind=achievement&regions=320000&trl_min=4'],
  ['empty', '/search?kind=need&q=没有这样的内容xyzzy'],
  ['need', `/needs/${need}`],
  ['need-matches', `/needs/${need}?tab=matches`],
  ['achievement', `/achievements/${achievement}`],
  ['achievement-matches', `/achievements/${achievement}?tab=matches`],
  ['match', '/match'],
  ['clinic', '/clinic'],
  ['import', '/import'],
  ['missing', '/nowhere'],
  ['gone', '/needs/n_zzzzzzzzzzzzzzzzzzzz'],
]
const steps = {
  clinic: async (page) => {
    await page.getByRole('button', { name: '填入示例' }).click()
    await page.getByRole('button', { name: '诊断', exact: true }).click()
    await page.getByRole('heading', { name: '请企业补充' }).waitFor()
  },
  match: async (page) => {
    await page.getByRole('button', { name: '填入示例' }).click()
    await page.getByRole('button', { name: '匹配成果' }).click()
    await page.getByRole('listitem').first().waitFor()
  },
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })
let said = 0
for (const width of [1280, 390]) {
  const context = await browser.newContext({
    viewport: { width, height: width > 600 ? 900 : 844 },
    deviceScaleFactor: width > 600 ? 1 : 2,
    isMobile: width < 600,
    hasTouch: width < 600,
    locale: 'zh-CN',
  })
  for (const [name, path] of pages) {
    if (only.length && !only.includes(name)) continue
    const page = await context.newPage()
    page.on('console', (m) => {
      const text = m.text()
      // A refused request is what two of the pages are about.
      if (!['error', 'warning'].includes(m.type()) || (name === 'gone' && text.includes('404'))) return
      said++
      console.log(`${width} ${name}: ${m.type()}: ${text}`)
    })
    page.on('pageerror', (e) => {
      said++
      console.log(`${width} ${name}: ${e.stack}`)
    })
    await page.goto(base + path, { waitUntil: 'networkidle' })
    await steps[name]?.(page)
    await page.waitForTimeout(300)
    await page.evaluate(() => window.scrollTo(0, 0))
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (wide > 0) {
      said++
      console.log(`${width} ${name}: ${wide} px wider than the screen`)
    }
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    const clip = { x: 0, y: 0, width, height: Math.min(height, width > 600 ? 1700 : 2200) }
    await page.screenshot({ path: `${out}${name}-${width}.png`, fullPage: true, clip })
    await page.close()
  }
  await context.close()
}
await browser.close()
console.log(`${said} complaints`)
process.exitCode = said ? 1 : 0
