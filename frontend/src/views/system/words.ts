// Words for states that have no code list of their own.

import type { Option } from '@/list/types'

export interface Word {
  label: string
  /** Which .tag it is drawn as. */
  tone: '' | 'ok' | 'warn' | 'bad' | 'brand'
}

export const jobStates: Record<string, Word> = {
  waiting: { label: '等待', tone: '' },
  running: { label: '进行中', tone: 'brand' },
  done: { label: '已完成', tone: 'ok' },
  dead: { label: '失败，已停止重试', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'warn' },
}

export const deliveryStates: Record<string, Word> = {
  waiting: { label: '等待发送', tone: '' },
  sending: { label: '发送中', tone: 'brand' },
  sent: { label: '已送达', tone: 'ok' },
  dead: { label: '未能送达', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'warn' },
}

export const auditResults: Record<string, Word> = {
  done: { label: '成功', tone: 'ok' },
  denied: { label: '被拒绝', tone: 'bad' },
  failed: { label: '失败', tone: 'warn' },
}

export const scopes: readonly Option[] = [
  { value: 'read', label: '读取公开数据与联系方式' },
  { value: 'read_private', label: '读取未公开的数据' },
  { value: 'write', label: '写入需求、成果与决定' },
  { value: 'admin', label: '管理后台任务与发送' },
]

export const options = (words: Record<string, Word>): Option[] =>
  Object.entries(words).map(([value, w]) => ({ value, label: w.label }))
