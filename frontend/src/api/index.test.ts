import { expect, it } from 'vitest'
import { exportURL, filterBody, recordPath, templateURL } from '.'
import { emptyFilter, parseSearch } from '@/lib/filter'

it('sends a filter as the API reads it', () => {
  expect(filterBody(emptyFilter())).toEqual({})
  expect(filterBody({ ...emptyFilter(), years: ['2025'], fields: ['401'], trl_min: 4 })).toEqual({
    years: [2025],
    fields: ['401'],
    trl_min: 4,
  })
})

it('exports what is shown, without order', () => {
  const s = parseSearch({ kind: 'need', q: '氢', sort: 'updated', regions: '320000' })
  expect(exportURL(s, 'xlsx')).toBe('/api/v1/exports/need.xlsx?q=%E6%B0%A2&regions=320000')
  expect(templateURL('need', 'csv')).toBe('/api/v1/templates/need.csv')
})

it('escapes ids', () => expect(recordPath('need', '../x')).toBe('/needs/..%2Fx'))
