import { expect, it } from 'vitest'
import { complain, maxFile } from './steps'

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
