// Where an import stands, and how far it is.

import type { Import, Schemas } from '@/api/model'
import { bytes } from '@/lib/format'

export type Step =
  'choose' | 'sending' | 'opening' | 'checking' | 'previewed' | 'writing' | 'stopped' | 'done' | 'failed'
export type Choice = Schemas['RowChoice']

export const accepted = ['.xlsx', '.csv', '.jsonl']
export const maxFile = 256 * 1024 * 1024

/** What is wrong with a file before it is sent; "" when nothing. */
export function complain(file: { name: string; size: number }): string {
  const name = file.name.toLowerCase()
  if (name.endsWith('.xls')) return '不支持旧版 xls，请另存为 xlsx 后再选。'
  if (name.endsWith('.xlsm')) return '不支持带宏的 xlsm，请另存为 xlsx 后再选。'
  if (!accepted.some((a) => name.endsWith(a))) return '请选择 xlsx、csv 或 jsonl 文件。'
  if (file.size === 0) return '这个文件是空的。'
  if (file.size > maxFile) return `文件有 ${bytes(file.size)}，超过 256 MB，请拆分后分批导入。`
  return ''
}

export function stepOf(report: Import): Step {
  return report.state === 'running' ? 'writing' : report.state
}

/** Whether the server is at it. */
export const atWork = (report: Import): boolean => report.state === 'running' || report.state === 'checking'

/** Rows of which it is settled what becomes of them. In a preview the counts are predictions. */
const settled = (r: Import): number =>
  r.created + r.updated + r.unchanged + r.failed + r.skipped + (r.dropped ?? 0)

/** How far the writing has come, 0–1. */
export function written(report: Import): number {
  if (report.state === 'done') return 1
  if (!['running', 'stopped'].includes(report.state) || !report.total) return 0
  return Math.min(1, settled(report) / report.total)
}

/** Rows that a stopped import has not written. */
export const left = (report: Import): number => Math.max(0, report.total - settled(report))

/** How far the check has come, 0–1; undefined when it is not known how long the file is. */
export const checked = (report: Import): number | undefined =>
  report.rows ? Math.min(1, report.total / report.rows) : undefined
