import { expect, it } from 'vitest'
import { grouped } from './groups'

const key = (keys: string, help = keys) => ({ keys, help, run: () => undefined })

it('the page comes first, and what it took is not said again', () => {
  const groups = grouped(
    [key('j'), key('/', '在队列里查找')],
    [key('/'), key('?'), key('g h'), key('g q'), key('g q', '又')],
  )
  expect(groups.map((g) => [g.title, g.list.map((s) => s.help)])).toEqual([
    ['本页', ['j', '在队列里查找']],
    ['通用', ['?']],
    ['前往', ['g h', 'g q']],
  ])
})
it('without shortcuts of its own the page has no group', () => {
  expect(grouped([], [key('?')]).map((g) => g.title)).toEqual(['通用'])
})
