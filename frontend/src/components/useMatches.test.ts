import { expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { ApiError } from '@/api/client'
import type { Match } from '@/api/model'
import { emptyFilter } from '@/lib/filter'
import { useMatches } from './useMatches'

const match = (id: string): Match => ({
  need_id: 'n',
  achievement_id: id,
  score: 0.5,
  level: 2,
  level_label: '弱',
  model: 'm',
})
const page = (ids: string[], total: number) => ({
  kind: 'achievement' as const,
  total,
  generation: 'g',
  matches: ids.map(match),
})
const ten = (from: number) => Array.from({ length: 10 }, (_, i) => `a${from + i}`)

it('appends pages by offset, drops repeats, and knows the end', async () => {
  const fetcher = vi.fn((_f: unknown, offset: number) =>
    Promise.resolve(offset === 0 ? page(ten(0), 14) : page(['a9', 'a10', 'a11', 'a12'], 14)),
  )
  const list = effectScope().run(() => useMatches(emptyFilter, () => fetcher))!
  await list.run()
  expect([list.matches.value.length, list.end.value, list.total.value]).toEqual([10, false, 14])
  await list.more.run()
  expect(fetcher.mock.calls.map((c) => c[1])).toEqual([0, 10])
  expect(list.matches.value.map((m) => m.achievement_id)).toEqual([...ten(0), 'a10', 'a11', 'a12'])
  expect(list.end.value).toBe(true)
})

it('keeps what is shown when the next page fails, and starts over when asked', async () => {
  let broken = true
  const fetcher = (_f: unknown, offset: number) =>
    offset && broken
      ? Promise.reject(new ApiError('unavailable', '忙'))
      : Promise.resolve(page(ten(offset), 30))
  const list = effectScope().run(() => useMatches(emptyFilter, () => fetcher))!
  await list.run()
  await list.more.run()
  expect([list.matches.value.length, list.more.error.value?.code]).toEqual([10, 'unavailable'])
  broken = false
  await list.more.run()
  expect(list.matches.value.length).toBe(20)
  await list.run()
  expect([list.matches.value.length, list.more.error.value]).toEqual([10, undefined])
})
