import { expect, it } from 'vitest'
import { refusal, revocable, submittable } from './many'

it('tells which states a step of many is for', () => {
  const states = ['draft', 'returned', 'pending', 'published', 'withdrawn'] as const
  expect(states.filter(submittable)).toEqual(['draft', 'returned'])
  expect(states.filter(revocable)).toEqual(['draft', 'returned', 'pending'])
})
it('names the first that was refused, in the order of the list', () => {
  const rows = [
    { id: 'a', title: '甲', version: 1 },
    { id: 'b', title: '乙', version: 1 },
  ]
  const wrong = new Map([
    ['b', '已经发布'],
    ['a', '别人刚刚改过'],
  ])
  expect(refusal('撤回', rows, wrong)).toBe('2 条没有撤回。「甲」：别人刚刚改过')
})
