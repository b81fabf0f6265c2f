// The rows of an uploaded file, read part by part, and the places of what was found in them.

import { get } from '@/api/typed'
import type { CellError, Import, Schemas } from '@/api/model'
import { useLoad } from '@/lib/load'
import { computed, ref, shallowRef } from 'vue'

export type Row = Schemas['ImportRow']
export type Only = '' | 'error' | 'warning' | 'duplicate'

export interface Issue {
  kind: 'error' | 'warning'
  row: number
  column: string
  message: string
  value: string
}

/** Errors before warnings, each by row. */
export function issuesOf(report: Pick<Import, 'errors' | 'warnings'>): Issue[] {
  const as = (kind: Issue['kind']) => (e: CellError) => ({
    kind,
    row: e.row,
    column: e.column ?? '',
    message: e.message,
    value: e.value ?? '',
  })
  return [...report.errors.map(as('error')), ...report.warnings.map(as('warning'))]
}

/** What is said of one cell: its errors, else its warnings; those of the row as a whole stand at its number. */
export function said(row: Row, field: string): { kind: Issue['kind']; text: string } | undefined {
  const of = (list: readonly CellError[]): string =>
    list
      .filter((e) => (e.column ?? '') === field)
      .map((e) => e.message)
      .join('；')
  const wrong = of(row.errors)
  if (wrong) return { kind: 'error', text: wrong }
  const odd = of(row.warnings)
  return odd ? { kind: 'warning', text: odd } : undefined
}

const partSize = 50

export function useRows(id: () => string) {
  const headers = shallowRef<readonly string[]>([])
  const fields = shallowRef<readonly string[]>([])
  const rows = shallowRef<readonly Row[]>([])
  const next = ref(0)
  /** After which row the first one shown comes; 0 is the beginning. */
  const from = ref(0)
  const only = ref<Only>('')
  const loaded = ref(false)
  let adding = false

  const load = useLoad(async (signal) => {
    const after = adding ? next.value : from.value
    const part = await get('/imports/{id}/rows', {
      path: { id: id() },
      query: { after, only: only.value || undefined, limit: partSize },
      signal,
    })
    headers.value = part.headers
    fields.value = part.fields
    rows.value = adding ? [...rows.value, ...part.items] : part.items
    next.value = part.next ?? 0
    loaded.value = true
    return part
  })

  function read(after: number, what: Only): Promise<void> {
    adding = false
    from.value = after
    only.value = what
    return load.run()
  }
  function more(): Promise<void> {
    adding = true
    return load.run()
  }
  /** Makes sure that a row is shown. */
  async function reach(row: number): Promise<void> {
    if (!rows.value.some((r) => r.row === row)) await read(Math.max(0, row - 3), '')
  }
  return {
    headers,
    fields,
    rows,
    next,
    from,
    only,
    loaded,
    load,
    read,
    more,
    reach,
    empty: computed(() => !rows.value.length),
  }
}
