// The list of deals: columns and filters, which the board shares.

import type { Schemas } from '@/api/model'
import { get, href, type QueryOf } from '@/api/typed'
import type { Codes } from '@/lib/codes'
import { amount, date, instant } from '@/lib/format'
import type { Field, ListSpec, Option } from '@/list/types'
import { may, role } from '@/session'

type Deal = Schemas['Deal']
type Query = QueryOf<'/deals'>

export function dealFields(codes: Codes, brokers: () => readonly Option[]): Field[] {
  const works = may('deal.work')
  return [
    { key: 'q', label: '搜索', kind: 'text', placeholder: '名称、单位或登记编号' },
    { key: 'stage', label: '阶段', kind: 'choice', options: () => codes.options('deal_stage') },
    { key: 'state', label: '状态', kind: 'choice', options: () => codes.options('deal_state') },
    ...(role.value === 'operator'
      ? [{ key: 'broker', label: '技术经理人', kind: 'choice', options: brokers } satisfies Field]
      : []),
    { key: 'region', label: '任一方所在地区', kind: 'code', list: 'region' },
    { key: 'from', label: '立项自', kind: 'date' },
    { key: 'until', label: '立项至', kind: 'date' },
    ...(works ? [{ key: 'overdue', label: '有逾期任务', kind: 'flag' } satisfies Field] : []),
    { key: 'under_way', label: '只看未结束的', kind: 'flag' },
  ]
}

export function dealSpec(codes: Codes, brokers: () => readonly Option[]): ListSpec<Deal> {
  const works = may('deal.work')
  return {
    name: 'deals',
    unit: '个项目',
    rowKey: (d) => d.id,
    columns: [
      { key: 'title', label: '项目', fixed: true, text: (d) => d.title },
      {
        key: 'stage',
        nowrap: true,
        label: '阶段',
        sort: { desc: 'stage' },
        text: (d) => codes.label('deal_stage', d.stage),
      },
      { key: 'state', nowrap: true, label: '状态' },
      { key: 'buyer', label: '需求方', text: (d) => d.buyer.name },
      { key: 'seller', label: '成果方', text: (d) => d.seller.name },
      { key: 'broker', nowrap: true, label: '技术经理人', text: (d) => d.broker_name || '主管部门' },
      {
        key: 'total',
        nowrap: true,
        label: '成交额',
        align: 'right',
        sort: works ? { desc: 'amount' } : undefined,
        text: (d) => (d.total ? amount(d.total) : d.expected ? `预计 ${amount(d.expected)}` : ''),
      },
      {
        key: 'received',
        nowrap: true,
        label: '已到账',
        align: 'right',
        text: (d) => (d.received ? amount(d.received) : ''),
      },
      ...(works
        ? [
            {
              key: 'due',
              nowrap: true,
              label: '下次跟进',
              sort: { asc: 'due' },
              text: (d: Deal) => date(d.next_due),
            },
          ]
        : []),
      { key: 'registration', label: '登记编号', hidden: true, text: (d) => d.registration },
      {
        key: 'created',
        nowrap: true,
        label: '立项',
        hidden: true,
        sort: { desc: 'newest', asc: 'oldest' },
        text: (d) => instant(d.created_at),
      },
    ],
    fields: dealFields(codes, brokers),
    fetch: (query, signal) => get('/deals', { query: query as unknown as Query, signal }),
    exportURL: (query) =>
      href('/exports/deals.xlsx', { query: query as unknown as QueryOf<'/exports/deals.xlsx'> }),
    to: (d) => `/deals/${d.id}`,
  }
}

/** Colours of states, beside their words. */
export const stateTone: Record<Deal['state'], string> = {
  open: 'brand',
  paused: 'warn',
  returned: 'warn',
  ended: '',
}
