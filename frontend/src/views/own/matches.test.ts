import { expect, it } from 'vitest'
import { choicesOf, restingOf, stepFrom } from './matches'

const records = [
  { id: 'a', title: '甲' },
  { id: 'b', title: '乙' },
]

it('joins records with what brokers were shown of them', () => {
  const counts = [{ id: 'b', title: '', shown: 3, waiting: 1, going: 1, declined: 1 }]
  expect(choicesOf(records, counts)).toEqual([
    { id: 'a', title: '甲', shown: 0, going: 0, declined: 0 },
    { id: 'b', title: '乙', shown: 3, going: 1, declined: 1 },
  ])
})

it('steps through the records and stops at the ends', () => {
  const list = choicesOf(records, [])
  expect(stepFrom(list, 'a', 1)?.id).toBe('b')
  expect(stepFrom(list, 'b', 1)).toBeUndefined()
  expect(stepFrom(list, 'a', -1)).toBeUndefined()
  expect(stepFrom(list, undefined, 1)?.id).toBe('a')
})

it.each([
  [{}, '还没有已发布的需求', '/mine/needs'],
  [{ withdrawn: 2, settled: 1 }, '没有正在发布的需求', '/mine/needs'],
  [{ engaged: 1, draft: 2 }, '没有可匹配的需求：1 条正在对接中', '/deals'],
  [{ engaged: 1, returned: 2 }, '没有可匹配的需求：2 条被退回修改', '/mine/needs?status=returned'],
  [{ pending: 3 }, '没有可匹配的需求：3 条正在审核', '/mine/needs?status=pending'],
  [{ expired: 1 }, '没有可匹配的需求：1 条已到期', '/mine/needs?status=expired'],
  [{ paused: 1 }, '没有可匹配的需求：1 条已暂停', '/mine/needs?status=paused'],
  [{ draft: 1 }, '没有可匹配的需求：1 条还是草稿', '/mine/needs?status=draft'],
])('says why nothing is matched: %o', (counts, title, to) => {
  expect(restingOf('need', counts)).toMatchObject({ title, to })
})

it('speaks of achievements', () => {
  const { title, hint } = restingOf('achievement', { engaged: 1 })
  expect(title).toBe('没有可匹配的成果：1 项正在对接中')
  expect(hint).toContain('不再推荐新的需求')
})
