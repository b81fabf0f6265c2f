import { expect, it } from 'vitest'
import { partOf, percentOf, readShare, wan } from './income'

it('writes 分 as 万元 that align', () => {
  expect(wan(260_000_000)).toBe('260.00')
  expect(wan(1_234_567_890)).toBe('1,234.57')
  expect(wan(0)).toBe('0.00')
  expect(wan(-500_000)).toBe('-0.50')
})

it('takes a share of a sum', () => {
  expect(partOf(50_000_001, 70)).toBe(35_000_001)
  expect(partOf(0, 70)).toBe(0)
})

it.each([
  ['70', 70],
  [' 62.5 ', 62.5],
  ['', undefined],
  ['120', undefined],
  ['-1', undefined],
  ['七十', undefined],
])('reads the share %j', (text, want) => expect(readShare(text)).toBe(want))

it('says how much of a whole a part is', () => {
  expect(percentOf(1, 3)).toBe('33.3%')
  expect(percentOf(1, 0)).toBe('—')
})
