import { describe, expect, it } from 'vitest'
import { odds } from './odds'

describe('odds', () => {
  it('lists the best level first', () => {
    expect(odds([0.1, 0.2, 0.3, 0.4]).map((o) => [o.label, o.percent])).toEqual([
      ['强', '40%'],
      ['较强', '30%'],
      ['弱', '20%'],
      ['无相关', '10%'],
    ])
  })
  it('sums to 100 whatever is rounded', () => {
    for (const p of [
      [1 / 3, 1 / 3, 1 / 3, 0],
      [0.005, 0.005, 0.005, 0.985],
      [0.125, 0.125, 0.375, 0.375],
    ]) {
      expect(odds(p).reduce((sum, o) => sum + Number.parseInt(o.percent), 0)).toBe(100)
    }
  })
  it('draws nothing of what is not four levels', () => {
    expect(odds([])).toEqual([])
  })
})
