import { expect, it } from 'vitest'
import { adviceFor, giver, outcomeTone, widths } from './reasons'

it('gives advice for the side that asks', () => {
  expect(adviceFor('need', 'solved')).toContain('已解决')
  expect(adviceFor('achievement', 'solved')).toBe('')
  expect(adviceFor('achievement', 'other')).toBe('')
})

it('scales bars by the longest and keeps the shortest visible', () => {
  expect(widths([200, 100, 1, 0])).toEqual([100, 50, 2, 0])
  expect(widths([])).toEqual([])
  expect(widths([0])).toEqual([0])
})

it('names who declined from where the owner stands', () => {
  expect(giver('broker', 'need')).toBe('技术经理人')
  expect(giver('need', 'need')).toBe('本单位')
  expect(giver('need', 'achievement')).toBe('对方')
  expect(giver(undefined, 'need')).toBe('')
})

it('marks an interest as good and a refusal as bad', () => {
  expect(outcomeTone('interested')).toBe('ok')
  expect(outcomeTone('rejected')).toBe('bad')
  expect(outcomeTone('gone')).toBe('')
})
