import { describe, expect, it } from 'vitest'
import {
  chips,
  effectiveSort,
  emptyFilter,
  filterQuery,
  parseFilter,
  parseSearch,
  removeChip,
  searchQuery,
  trlRange,
} from './filter'

describe('address bar', () => {
  it('comes back the same', () => {
    const query = {
      kind: 'need',
      q: '碳化硅 外延',
      sort: 'updated',
      industries: 'C26,C39',
      regions: '320000',
      budgets: 'negotiable',
      years: '2025,2026',
      trl_min: '4',
      trl_max: '9',
    }
    expect(searchQuery(parseSearch(query))).toEqual(query)
  })
  it('leaves out what does not restrict', () => {
    expect(searchQuery(parseSearch({}))).toEqual({ kind: 'achievement' })
    expect(filterQuery(emptyFilter())).toEqual({})
  })
  it.each([
    [{ kind: 'x' }, { kind: 'achievement' }],
    [{ sort: 'drop table' }, { kind: 'achievement' }],
    [{ trl_min: '-3', trl_max: '99' }, { kind: 'achievement' }],
    [{ trl_min: '4.5' }, { kind: 'achievement' }],
    [{ fields: ',, 401 ,401' }, { kind: 'achievement', fields: '401' }],
    [{ fields: ['401', '402,403'] }, { kind: 'achievement', fields: '401,402,403' }],
    [{ q: ['甲', '乙'] }, { kind: 'achievement', q: '甲' }],
    [{ q: null }, { kind: 'achievement' }],
    [{ cursor: 'abc', foo: 'bar' }, { kind: 'achievement' }],
  ])('tolerates %j', (query, want) => expect(searchQuery(parseSearch(query))).toEqual(want))

  it('knows the order the server uses by itself', () => {
    expect(effectiveSort(parseSearch({}))).toBe('newest')
    expect(effectiveSort(parseSearch({ q: '氢' }))).toBe('relevance')
    expect(effectiveSort(parseSearch({ q: '氢', sort: 'deadline' }))).toBe('deadline')
  })
})

describe('changes', () => {
  const f = parseFilter({ fields: '401,402', trl_min: '4' })
  it('lists and removes chips', () => {
    expect(chips(f)).toEqual([
      { name: 'fields', code: '401' },
      { name: 'fields', code: '402' },
      { name: 'trl', code: '4-0' },
    ])
    expect(removeChip(f, { name: 'fields', code: '401' }).fields).toEqual(['402'])
    expect(removeChip(f, { name: 'trl', code: '4-0' }).trl_min).toBe(0)
    expect(chips(emptyFilter())).toEqual([])
  })
  it('says ranges in words', () => {
    expect([trlRange(4, 6), trlRange(5, 5), trlRange(4, 0), trlRange(0, 6), trlRange(0, 0)]).toEqual([
      'TRL 4–6',
      'TRL 5',
      'TRL 4 及以上',
      'TRL 6 及以下',
      '',
    ])
  })
})
