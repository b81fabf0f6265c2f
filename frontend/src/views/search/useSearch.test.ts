import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { parseSearch } from '@/lib/filter'
import { useSearch } from './useSearch'

const asked: URL[] = []
let answer: (u: URL) => unknown

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (input: string) => {
    const u = new URL(input, 'http://x')
    asked.push(u)
    return Promise.resolve(new Response(JSON.stringify(answer(u))))
  })
})
afterEach(() => void vi.unstubAllGlobals())

const hit = (id: string) => ({ id, score: 1, record: { id } })

it('asks for facets once and follows the cursor', async () => {
  answer = (u) =>
    u.searchParams.get('cursor') === 'c2'
      ? { total: 3, hits: [hit('b'), hit('c')] }
      : {
          total: 3,
          hits: [hit('a'), hit('b')],
          next: 'c2',
          facets: [{ name: 'years', label: '年份', values: [] }],
        }
  const list = effectScope().run(() => useSearch(ref(parseSearch({ kind: 'need', q: '氢' }))))!
  await list.run()
  expect([list.total.value, list.next.value, list.facets.value.length]).toEqual([3, 'c2', 1])
  await list.loadMore()
  expect(list.hits.value.map((h) => h.id)).toEqual(['a', 'b', 'c'])
  expect([list.next.value, list.facets.value.length]).toEqual(['', 1])
  expect(asked.map((u) => u.searchParams.get('facets'))).toEqual(['true', null])
  expect(asked[0]?.searchParams.get('q')).toBe('氢')
})
