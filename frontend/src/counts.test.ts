import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import type { LiveEvent, Topic } from './live'

const permissions = new Set<string>()
const asked: string[] = []
let tell: (e: LiveEvent | undefined) => void = () => undefined
let followed: readonly Topic[] = []

vi.mock('@/api/typed', () => ({
  get: (path: string) => {
    asked.push(path)
    return path === '/reviews'
      ? Promise.reject(new Error('x'))
      : Promise.resolve({ unread: 3, total: 2, items: [1] })
  },
}))
vi.mock('@/session', () => ({ admitted: ref('u_1'), may: (p: string) => permissions.has(p) }))
vi.mock('@/live', () => ({
  useLive: (topics: readonly Topic[], f: typeof tell) => {
    followed = topics
    tell = f
  },
}))
const { counts, followCounts, refreshCounts } = await import('./counts')

let scope: EffectScope
async function follow(...may: string[]): Promise<void> {
  permissions.clear()
  for (const p of may) permissions.add(p)
  scope = effectScope()
  scope.run(followCounts)
  await vi.advanceTimersByTimeAsync(0)
}
/** What is read after the events, once things have calmed down. */
async function after(...topics: (Topic | undefined)[]): Promise<string[]> {
  asked.length = 0
  for (const topic of topics) tell(topic && { topic })
  await vi.advanceTimersByTimeAsync(1000)
  return [...asked].sort()
}
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

const broker = ['queue.work', 'introduction.read', 'deal.work']

it('reads at first what the person has', async () => {
  asked.length = 0
  await follow(...broker)
  expect([...asked].sort()).toEqual(['/inbox/count', '/introductions', '/queue', '/queue/opinions', '/tasks'])
  expect(counts).toMatchObject({ inbox: 3, queue: 2, opinions: 1, introductions: 2, tasks: 2 })
  expect(counts.questions).toBeUndefined()
})
it('reads after an event only what it may have changed', async () => {
  await follow(...broker)
  expect(await after('inbox')).toEqual(['/inbox/count'])
  expect(await after('queue')).toEqual(['/queue', '/queue/opinions'])
  expect(await after('deal', 'introduction')).toEqual(['/introductions', '/tasks'])
  expect(await after('record', 'review', 'signup')).toEqual([])
})
it('reads once after many events, and everything when some were lost', async () => {
  await follow(...broker)
  expect(await after('deal', 'deal', 'deal')).toEqual(['/tasks'])
  expect(await after('inbox', undefined)).toHaveLength(5)
})
it('an owner hears of a question by the message that comes with it', async () => {
  await follow('introduction.answer', 'introduction.read')
  expect(await after('inbox')).toEqual(['/inbox/count', '/questions'])
})
it('follows what the numbers follow', async () => {
  await follow()
  expect([...followed].sort()).toEqual([
    'deal',
    'inbox',
    'introduction',
    'queue',
    'record',
    'review',
    'signup',
  ])
})
it('shows no number that cannot be had', async () => {
  await follow('record.review')
  expect(counts.reviews).toBeUndefined()
  expect(counts.inbox).toBe(3)
})
it('reads what a page says that it changed', async () => {
  await follow(...broker)
  asked.length = 0
  refreshCounts('tasks')
  expect(asked).toEqual(['/tasks'])
})
