import { expect, it } from 'vitest'
import type { Import } from '@/api/model'
import { complain, maxFile, stepOf, written } from './steps'

it.each([
  [{ name: '需求.xlsx', size: 10 }, ''],
  [{ name: '需求.CSV', size: 10 }, ''],
  [{ name: 'a.jsonl', size: 10 }, ''],
  [{ name: '旧.xls', size: 10 }, 'xls'],
  [{ name: '宏.xlsm', size: 10 }, 'xlsm'],
  [{ name: '文档.docx', size: 10 }, '请选择'],
  [{ name: '空.xlsx', size: 0 }, '空的'],
  [{ name: '大.csv', size: maxFile + 1 }, '拆分'],
])('%j', (file, want) => {
  const said = complain(file)
  if (want === '') expect(said).toBe('')
  else expect(said).toContain(want)
})

const report = (change: Partial<Import>): Import =>
  ({ total: 10, created: 0, updated: 0, unchanged: 0, failed: 2, skipped: 0, ...change }) as Import

it('tells how far the writing has come', () => {
  expect(written(report({ state: 'previewed', created: 8 }))).toBe(0)
  expect(written(report({ state: 'running' }))).toBe(0.2)
  expect(written(report({ state: 'running', created: 3, skipped: 1 }))).toBe(0.6)
  expect(written(report({ state: 'done', created: 8 }))).toBe(1)
})

it('follows the state of the report', () => {
  expect(stepOf(report({ state: 'running' }))).toBe('writing')
  expect(stepOf(report({ state: 'failed' }))).toBe('failed')
})
