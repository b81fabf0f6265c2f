// The list of introductions: its columns, what it is narrowed by, and where its rows come from.

import { get, href, type QueryOf } from '@/api/typed'
import type { Codes } from '@/lib/codes'
import { instant } from '@/lib/format'
import { optionsOf, type ListSpec, type Option } from '@/list/types'
import { answerLabels, partyLabels, sideNames, stateLabels, type Introduction } from './talk'

type Query = QueryOf<'/introductions'>

export function listSpec(
  codes: Codes,
  answers: boolean,
  brokers: () => readonly Option[],
): ListSpec<Introduction> {
  const owner = (r: Introduction['need_record'] | Introduction['achievement_record']) => r?.owner.name ?? ''
  return {
    name: 'introductions',
    unit: '项对接',
    rowKey: (i) => i.id,
    columns: [
      { key: 'pair', label: '需求与成果', fixed: true },
      { key: 'state', label: '状态', nowrap: true },
      { key: 'answers', label: '双方答复' },
      { key: 'awaited', label: '在等谁', nowrap: true, hidden: true },
      { key: 'due', label: '答复期限', nowrap: true, sort: { asc: 'due' } },
      { key: 'level', label: '匹配', nowrap: true },
      { key: 'broker', label: '技术经理人', nowrap: true, hidden: answers, text: (i) => i.broker_name },
      { key: 'need_owner', label: '需求方', hidden: true, text: (i) => owner(i.need_record) },
      { key: 'achievement_owner', label: '成果方', hidden: true, text: (i) => owner(i.achievement_record) },
      {
        key: 'created',
        label: '发起',
        nowrap: true,
        sort: { desc: 'newest', asc: 'oldest' },
        text: (i) => instant(i.created_at),
      },
      {
        key: 'reason',
        label: '结束原因',
        hidden: true,
        text: (i) => codes.label('rejection', i.reason),
      },
    ],
    fields: [
      {
        key: 'q',
        label: '搜索',
        kind: 'text',
        placeholder: answers ? '需求或成果名称' : '需求、成果或单位',
      },
      { key: 'states', label: '状态', kind: 'choices', options: optionsOf(stateLabels) },
      {
        key: 'side',
        label: '哪一方',
        kind: 'choice',
        options: sideNames.map((s) => ({ value: s, label: partyLabels[s] })),
      },
      { key: 'answer', label: '答复', kind: 'choice', options: optionsOf(answerLabels) },
      { key: 'due_before', label: '在此日前到期', kind: 'date' },
      { key: 'from', label: '发起自', kind: 'date' },
      { key: 'until', label: '至', kind: 'date' },
      {
        key: 'reason',
        label: '结束原因',
        kind: 'choice',
        options: () => codes.options('rejection'),
      },
      ...(answers ? [] : [{ key: 'broker', label: '技术经理人', kind: 'choice', options: brokers } as const]),
    ],
    // Chosen by the tabs above the list, or by the pages of records that lead here.
    defaults: { awaiting: '', overdue: '', unread: '', need: '', achievement: '' },
    fetch: (query, signal) => get('/introductions', { query: query as Query, signal }),
    exportURL: (query) => href('/exports/introductions.xlsx', { query: query as Query }),
    to: (i) => `/introductions/${i.id}`,
  }
}
