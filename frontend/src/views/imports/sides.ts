// One field of two records beside each other, as text.

import type { Schemas } from '@/api/model'

/** Lists come as what only one side has; texts come whole. */
export function sides(f: Schemas['FieldChange']): { before: string; after: string } {
  if (f.removed?.length || f.added?.length)
    return { before: (f.removed ?? []).join('；'), after: (f.added ?? []).join('；') }
  return { before: (f.before ?? '').trim(), after: (f.after ?? '').trim() }
}
