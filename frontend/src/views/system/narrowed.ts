// What one click on an entry of the audit narrows the list to: a person, an object. The address keeps ids; people are shown names.

import type { Schemas } from '@/api/model'
import type { ListQuery } from '@/list/types'

type Entry = Schemas['AuditEntry']

export interface Chip {
  text: string
  /** What lifts it, for list.set. */
  lift: Record<string, undefined>
}

/** Machines write under the name of their job. */
export const actor = (e: Pick<Entry, 'user' | 'name'>): string =>
  !e.name || (!e.user && e.name.startsWith('job:')) ? '系统' : e.name

/** The chips of the query, named after the entries that it found; what has no name there is "所选". */
export function chipsOf(
  query: ListQuery,
  rows: readonly Entry[],
  typeLabel: (type: string) => string,
): Chip[] {
  const chips: Chip[] = []
  if (query.user) {
    const found = rows.find((e) => e.user === query.user && e.name)
    chips.push({ text: `操作人：${found?.name ?? '所选账号'}`, lift: { user: undefined } })
  }
  if (query.object) {
    const found = rows.find((e) => e.object.id === query.object)
    const type = typeLabel(found?.object.type ?? query.object_type ?? '')
    const title = found?.object_title
    chips.push({
      text: `对象：${title ? `${type}「${title}」` : `所选的${type || '一个'}`}`,
      lift: { object: undefined, object_type: undefined },
    })
  }
  return chips
}
