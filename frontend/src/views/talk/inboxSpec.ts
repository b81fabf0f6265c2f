// The list of one's messages.

import type { Schemas } from '@/api/model'
import { get, href, type QueryOf } from '@/api/typed'
import type { Codes } from '@/lib/codes'
import type { ListSpec } from '@/list/types'
import { topicItems } from './topics'

export type Message = Schemas['Message']
type Query = QueryOf<'/inbox'>

export function inboxSpec(codes: Codes): ListSpec<Message> {
  return {
    name: 'inbox',
    unit: '条消息',
    rowKey: (m) => m.id,
    columns: [],
    fields: [
      {
        key: 'topics',
        label: '类别',
        kind: 'choices',
        options: () => topicItems(codes).map((c) => ({ value: c.code, label: c.label })),
      },
      { key: 'from', label: '自', kind: 'date' },
      { key: 'until', label: '至', kind: 'date' },
    ],
    // Chosen by the tabs above the list.
    defaults: { unread: '', archived: '' },
    fetch: (query, signal) => get('/inbox', { query: query as Query, signal }),
    exportURL: (query) => href('/exports/inbox.xlsx', { query: query as Query }),
  }
}
