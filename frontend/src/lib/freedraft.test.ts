import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const store = new Map<string, string>()
/** As the browser's: shared by all tabs, given back a moment after the holder is done. */
const held = new Set<string>()
const locks = {
  async request(name: string, _: unknown, use: (lock: object | null) => Promise<void> | undefined) {
    if (held.has(name)) return use(null)
    held.add(name)
    await use({})
    await Promise.resolve()
    held.delete(name)
  },
}
beforeEach(() => {
  store.clear()
  held.clear()
  vi.stubGlobal('localStorage', { getItem: (k: string) => store.get(k) ?? null })
  vi.stubGlobal('navigator', { locks })
})
afterEach(() => vi.unstubAllGlobals())

const keep = (key: string): void =>
  void store.set(`jiqiao.draft.${key}`, JSON.stringify({ at: Date.now(), value: '写了一半' }))
/** Every tab has the module for itself. */
async function tab() {
  vi.resetModules()
  return (await import('./freedraft')).freeDraft
}

it('each tab has a place of its own', async () => {
  const first = await (await tab())('need.new')
  const second = await (await tab())('need.new')
  const third = await (await tab())('need.new')
  expect([first, second, third].map((p) => p.key)).toEqual(['need.new', 'need.new~2', 'need.new~3'])
})
it('who comes back finds what was left unfinished, wherever it was kept', async () => {
  const free = await tab()
  const first = await free('need.new')
  const second = await (await tab())('need.new')
  keep(second.key)
  second.leave()
  first.leave()
  expect((await free('need.new')).key).toBe('need.new~2')
})
it('the place is there again for whoever leaves and comes back at once', async () => {
  const free = await tab()
  const { key, leave } = await free('need.new')
  keep(key)
  leave()
  expect((await free('need.new')).key).toBe(key)
})
it('leaves to another tab what that one is writing', async () => {
  const first = await (await tab())('need.new')
  keep(first.key)
  expect((await (await tab())('need.new')).key).toBe('need.new~2')
})
it('all share one place where the browser has no locks, or too many are open', async () => {
  vi.stubGlobal('navigator', {})
  const free = await tab()
  expect([(await free('need.new')).key, (await free('need.new')).key]).toEqual(['need.new', 'need.new'])
  vi.stubGlobal('navigator', { locks })
  for (let i = 0; i < 9; i++) await (await tab())('need.new')
  expect((await (await tab())('need.new')).key).toBe('need.new')
})
