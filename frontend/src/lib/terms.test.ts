import { expect, it } from 'vitest'
import { telling } from './terms'

it('leaves out single characters and repeats', () => {
  const terms = ['碳化硅', '膏', '𠮷', 'C', '5G', ' ', '碳化硅'].map((term) => ({ term }))
  expect(telling(terms)).toEqual(['碳化硅', 'C', '5G'])
  expect(telling([])).toEqual([])
})
