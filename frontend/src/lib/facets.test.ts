import { describe, expect, it } from 'vitest'
import {
  emergingParent,
  fieldParent,
  industryParent,
  openPath,
  ordered,
  regionParent,
  toggleTree,
  tree,
} from './facets'

const none = () => ''

describe('parents', () => {
  it('climbs each code list', () => {
    expect([
      regionParent('320981'),
      regionParent('320900'),
      regionParent('320000'),
      regionParent('x'),
    ]).toEqual(['320900', '320000', '', ''])
    expect([industryParent('C26'), industryParent('C')]).toEqual(['C', ''])
    expect([fieldParent('20101'), fieldParent('201'), fieldParent('20')]).toEqual(['201', '20', ''])
    expect([emergingParent('3.1'), emergingParent('3')]).toEqual(['3', ''])
  })
})

describe('tree', () => {
  it('keeps counted parents and orders by count', () => {
    const t = tree(
      [
        { code: '320000', label: '江苏省', count: 5 },
        { code: '330000', label: '浙江省', count: 7 },
        { code: '320900', label: '盐城市', count: 4 },
      ],
      regionParent,
      none,
    )
    expect(t.map((n) => [n.label, n.count])).toEqual([
      ['浙江省', 7],
      ['江苏省', 5],
    ])
    expect(t[1]!.children.map((n) => n.label)).toEqual(['盐城市'])
  })
  it('adds up what the server left out', () => {
    const t = tree(
      [
        { code: '320981', label: '东台市', count: 2 },
        { code: '320982', label: '大丰区', count: 1 },
      ],
      regionParent,
      (c) => ({ '320000': '江苏省', '320900': '盐城市' })[c] ?? '',
    )
    expect(t[0]).toMatchObject({ label: '江苏省', count: 3 })
    expect(t[0]!.children[0]).toMatchObject({ label: '盐城市', count: 3 })
    expect(t[0]!.children[0]!.children.map((n) => n.count)).toEqual([2, 1])
  })
  it('shows the code when nobody knows a label', () => {
    expect(tree([{ code: 'C26', label: '', count: 1 }], industryParent, none)[0]!.children[0]!.label).toBe(
      'C26',
    )
  })
  it('is empty for nothing', () => expect(tree([], regionParent, none)).toEqual([]))
})

it('opens the way to what is chosen', () => {
  expect([...openPath(['320981'], regionParent)].sort()).toEqual(['320000', '320900', '320981'])
})

it('keeps a tree free of choices that swallow each other', () => {
  const pick = (chosen: string[], code: string) => toggleTree(chosen, code, regionParent)
  expect(pick(['320000', '330000'], '320981')).toEqual(['330000', '320981'])
  expect(pick(['320981', '320900', '330000'], '320000')).toEqual(['330000', '320000'])
  expect(pick(['320981'], '320982')).toEqual(['320981', '320982'])
  expect(pick(['320981'], '320981')).toEqual([])
})

it('puts years and budgets in their own order', () => {
  const v = (...codes: string[]) => codes.map((code) => ({ code, label: '', count: 1 }))
  const list = [{ code: 'lt50' }, { code: '50to200' }, { code: 'negotiable' }]
  const order = (name: string, ...codes: string[]) => ordered(name, v(...codes), list).map((x) => x.code)
  expect(order('years', '2024', '2026', '2025')).toEqual(['2026', '2025', '2024'])
  expect(order('budgets', 'other', 'negotiable', 'lt50')).toEqual(['lt50', 'negotiable', 'other'])
  expect(order('fields', 'b', 'a')).toEqual(['b', 'a'])
})
