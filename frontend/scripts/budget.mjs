// Fails when a page loads more script than it may: the first load is the entry script and what it imports at once; each
// route adds the chunk it is in and what that imports, without what is there already.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget = { first: 250_000, route: 120_000 }
const dist = new URL('../dist/', import.meta.url)
const read = (name) => readFileSync(new URL(name, dist))
const size = (name) => gzipSync(read(name), { level: 9 }).length
const sum = (names) => [...names].reduce((n, f) => n + size(f), 0)
const kB = (n) => `${(n / 1000).toFixed(1)} kB`

const html = read('index.html').toString()
const linked = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
const found = (name, pattern) => [...read(name).toString().matchAll(pattern)].map((m) => `assets/${m[1]}`)
const imported = (name) => found(name, /(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)
const deferred = (name) => found(name, /import\(\s*["'`]\.\/([^"'`]+\.js)["'`]\s*\)/g)

/** The scripts and all that they import at once, without those that are there. */
function closure(names, there = new Set()) {
  const all = new Set()
  const queue = [...names]
  for (let name = queue.pop(); name; name = queue.pop()) {
    if (all.has(name) || there.has(name)) continue
    all.add(name)
    queue.push(...imported(name))
  }
  return all
}

const scripts = linked.filter((f) => f.endsWith('.js'))
if (!scripts.length) throw new Error('no script found in dist/index.html: run `npm run build` first')
const first = closure(scripts)
const styles = linked.filter((f) => f.endsWith('.css'))
const routes = new Set([...first].flatMap(deferred))
// What a page loads when it draws a part of itself later counts, too: a chart, a dialog.
const added = [...routes]
  .map((name) => [name, sum(closure([name, ...[...closure([name], first)].flatMap(deferred)], first))])
  .sort((a, b) => b[1] - a[1])

const later = readdirSync(new URL('assets/', dist)).length - linked.length
console.log(`first load  js ${kB(sum(first))}  css ${kB(sum(styles))}  (gzip), ${later} files on demand`)
for (const [name, n] of added.slice(0, 5)) console.log(`route       js ${kB(n)}  ${name}`)

let failed = false
const check = (what, n, limit) => {
  if (n <= limit) return
  failed = true
  console.error(`${what} loads ${kB(n)} of JavaScript, the budget is ${kB(limit)}`)
}
check('the first page', sum(first), budget.first)
for (const [name, n] of added) check(name, n, budget.route)
process.exitCode = failed ? 1 : 0
