import { expect, it } from 'vitest'
import { issuesOf, said, type Row } from './rows'

const row: Row = {
  row: 5,
  cells: ['', '好多'],
  errors: [
    { row: 5, column: '拟投入资金', message: '应为数字' },
    { row: 5, message: '与第 2 行重复' },
  ],
  warnings: [
    { row: 5, column: '手机', message: '请核对' },
    { row: 5, column: '拟投入资金', message: '偏大' },
  ],
}

it('says of a cell its error before its warning', () => {
  expect(said(row, '拟投入资金')).toEqual({ kind: 'error', text: '应为数字' })
  expect(said(row, '手机')).toEqual({ kind: 'warning', text: '请核对' })
  expect(said(row, '需求名称')).toBeUndefined()
})

it('says at the number what is wrong with the row as a whole', () => {
  expect(said(row, '')).toEqual({ kind: 'error', text: '与第 2 行重复' })
})

it('lists errors before warnings', () => {
  expect(issuesOf(row).map((i) => `${i.kind} ${i.column}`)).toEqual([
    'error 拟投入资金',
    'error ',
    'warning 手机',
    'warning 拟投入资金',
  ])
})
