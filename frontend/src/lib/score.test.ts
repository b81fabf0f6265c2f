import { expect, it } from 'vitest'
import { bars } from './score'

const part = (label: string, points: number) => ({ name: label, label, value: 0.5, points })

it('orders parts and scales them to the strongest', () => {
  expect(bars([part('a', 0.1), part('b', 0.4), part('c', -0.2)])).toEqual([
    { name: 'b', label: 'b', width: 100, points: '+40.0', negative: false },
    { name: 'a', label: 'a', width: 25, points: '+10.0', negative: false },
    { name: 'c', label: 'c', width: 50, points: '−20.0', negative: true },
  ])
})
it('leaves out what adds nothing', () => {
  expect(bars([part('a', 0), part('b', 0.004)])).toEqual([])
  expect(bars([])).toEqual([])
})
