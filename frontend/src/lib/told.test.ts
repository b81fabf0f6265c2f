import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, ref, type EffectScope } from 'vue'

const counts = reactive<{ inbox?: number }>({})
const shown = ref(true)
const marked: unknown[] = []
const refreshCounts = vi.fn()
let answer: () => Promise<{ changed: number }>
vi.mock('@/api/typed', () => ({
  post: (path: string, { body }: { body: unknown }) => (marked.push([path, body]), answer()),
}))
vi.mock('@/counts', () => ({ counts, refreshCounts }))
vi.mock('./shown', () => ({ useShown: () => shown }))
const { useToldOf } = await import('./told')

const about = ref<{ type: string; id: string }>()
const mark = (id: string) => ['/inbox/mark', { mark: 'read', object: { type: 'deal', id } }]
async function after(change: () => void): Promise<unknown[]> {
  marked.length = 0
  change()
  await nextTick()
  await nextTick()
  return marked
}
let scope: EffectScope
beforeEach(() => {
  counts.inbox = undefined
  about.value = undefined
  shown.value = true
  answer = () => Promise.resolve({ changed: 1 })
  refreshCounts.mockClear()
  scope = effectScope()
  scope.run(() => useToldOf(() => about.value))
})
afterEach(() => scope.stop())

it('marks what is about the thing once it is there and something is unread', async () => {
  expect(await after(() => (about.value = { type: 'deal', id: 'l_1' }))).toEqual([])
  expect(await after(() => (counts.inbox = 3))).toEqual([mark('l_1')])
  expect(refreshCounts).toHaveBeenCalledWith('inbox')
  // What is left is about something else.
  expect(await after(() => (counts.inbox = 2))).toEqual([])
  expect(await after(() => (about.value = { type: 'deal', id: 'l_1' }))).toEqual([])
  expect(await after(() => (about.value = { type: 'deal', id: 'l_2' }))).toEqual([mark('l_2')])
})
it('marks what comes while it is open, not behind other tabs', async () => {
  counts.inbox = 1
  await after(() => (about.value = { type: 'deal', id: 'l_1' }))
  expect(await after(() => (shown.value = false))).toEqual([])
  expect(await after(() => (counts.inbox = 2))).toEqual([])
  expect(await after(() => (shown.value = true))).toEqual([mark('l_1')])
})
it('is quiet when it fails', async () => {
  answer = () => Promise.reject(new Error('x'))
  counts.inbox = 1
  expect(await after(() => (about.value = { type: 'deal', id: 'l_1' }))).toEqual([mark('l_1')])
  expect(refreshCounts).not.toHaveBeenCalled()
})
