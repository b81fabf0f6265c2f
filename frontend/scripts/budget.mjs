// Fails when the first load of the page, the entry script and what it imports at once, grows beyond the budget.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget = 250_000
const dist = new URL('../dist/', import.meta.url)
const size = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length
const html = readFileSync(new URL('index.html', dist), 'utf8')
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
const later = readdirSync(new URL('assets/', dist))
  .map((f) => `assets/${f}`)
  .filter((f) => !first.includes(f))
const sum = (names, ext) => names.filter((f) => f.endsWith(ext)).reduce((n, f) => n + size(f), 0)
const kB = (n) => `${(n / 1000).toFixed(1)} kB`

console.log(`first load  js ${kB(sum(first, '.js'))}  css ${kB(sum(first, '.css'))}  (gzip)`)
console.log(`on demand   js ${kB(sum(later, '.js'))}  css ${kB(sum(later, '.css'))}`)
const js = sum(first, '.js')
if (js === 0) throw new Error('no script found in dist/index.html: run `npm run build` first')
if (js > budget) {
  console.error(`first load is ${kB(js)} of JavaScript, the budget is ${kB(budget)}`)
  process.exit(1)
}
