import { expect, it } from 'vitest'
import type { Import } from '@/api/model'
import { atWork, checked, complain, left, maxFile, stepOf, written } from './steps'

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
  expect(stepOf(report({ state: 'checking' }))).toBe('checking')
  expect(stepOf(report({ state: 'stopped' }))).toBe('stopped')
  expect(atWork(report({ state: 'checking' }))).toBe(true)
  expect(atWork(report({ state: 'stopped' }))).toBe(false)
})

it('tells what a stopped import has left', () => {
  expect(left(report({ state: 'stopped', created: 3 }))).toBe(5)
  expect(written(report({ state: 'stopped', created: 3 }))).toBe(0.5)
  expect(left(report({ state: 'done', created: 3, dropped: 5 }))).toBe(0)
})

it('tells how far the check has come, when the length of the file is known', () => {
  expect(checked(report({ state: 'checking', total: 50, rows: 200 }))).toBe(0.25)
  expect(checked(report({ state: 'checking', total: 210, rows: 200 }))).toBe(1)
  expect(checked(report({ state: 'checking', total: 50 }))).toBeUndefined()
})
