import { expect, it } from 'vitest'
import { choicesOf, stepFrom } from './matches'

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
