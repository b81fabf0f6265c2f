// A list whose state is the address: what narrows and sorts it, the page and its size. Back and forward, a copied link and
// a saved view all are the same thing.

import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryValue } from 'vue-router'
import { useLoad } from '@/lib/load'
import type { ListQuery, ListSpec } from './types'

export const pageSizes = [20, 50, 100] as const

/** The parameters of paging; they are no filters. */
const paging = ['cursor', 'page', 'limit']

const text = (v: LocationQueryValue | LocationQueryValue[] | undefined): string =>
  (Array.isArray(v) ? v.join(',') : v) ?? ''

export function useList<T>(spec: ListSpec<T>) {
  const route = useRoute()
  const router = useRouter()
  const path = route.path
  const names = new Set([
    ...(spec.fields ?? []).map((f) => f.key),
    'sort',
    ...paging,
    ...Object.keys(spec.defaults ?? {}),
  ])

  /** What the address says of this list; other parameters are other things of the page. */
  const address = computed<ListQuery>(() => {
    const out: Record<string, string> = {}
    for (const name of names) {
      const value = text(route.query[name])
      if (value) out[name] = value
    }
    return out
  })
  /** The same with what holds by default. An empty default is overridden by "all". */
  const query = computed<ListQuery>(() => {
    const out: Record<string, string> = { ...spec.defaults, ...address.value }
    for (const [name, value] of Object.entries(out)) if (!value || value === 'all') delete out[name]
    return out
  })
  /** Without paging: what a saved view and an export are made of. */
  const narrowing = computed<ListQuery>(() =>
    Object.fromEntries(Object.entries(query.value).filter(([name]) => !paging.includes(name))),
  )

  const rows = shallowRef<readonly T[]>([])
  const total = ref(0)
  const next = ref<string>()
  const loaded = ref(false)
  const selected = ref(new Set<string>())

  const load = useLoad(async (signal) => {
    const { page, ...asked } = query.value
    const answer = await spec.fetch({ limit: String(pageSizes[0]), ...asked }, signal)
    rows.value = answer.items
    total.value = answer.total
    next.value = answer.next || undefined
    loaded.value = true
    // What is no longer on the page cannot be meant by a bulk action.
    const here = new Set(answer.items.map(spec.rowKey))
    selected.value = new Set([...selected.value].filter((k) => here.has(k)))
    return answer
  })

  watch(
    () => (route.path === path ? JSON.stringify(query.value) : undefined),
    (now) => void (now !== undefined && load.run()),
    { immediate: true },
  )

  /** Changes parameters; any change but of the page starts at the first page. */
  function set(change: Record<string, string | undefined>, how: 'push' | 'replace' = 'push'): void {
    const merged: Record<string, string | undefined> = { ...route.query } as Record<string, string>
    if (!('cursor' in change)) merged.cursor = merged.page = undefined
    for (const [name, value] of Object.entries(change)) {
      const plain = spec.defaults?.[name] ?? ''
      // To lift what holds by default must be said.
      merged[name] = value === plain ? undefined : value || (plain ? 'all' : undefined)
    }
    void router[how]({ query: merged })
  }

  const page = computed(() => Number(query.value.page ?? 1))
  return {
    spec,
    query,
    narrowing,
    rows,
    total,
    loaded,
    loading: load.loading,
    slow: load.slow,
    error: load.error,
    run: load.run,
    set,
    reset: () => void router.push({ query: {} }),
    selected,
    selectedRows: computed(() => rows.value.filter((r) => selected.value.has(spec.rowKey(r)))),
    page,
    pageSize: computed(() => Number(query.value.limit ?? pageSizes[0])),
    hasNext: computed(() => !!next.value),
    /** Cursors lead forward; back is the browser's, or the first page. */
    nextPage: () => set({ cursor: next.value, page: String(page.value + 1) }),
    previousPage: () => (page.value === 2 ? set({ cursor: undefined, page: undefined }) : router.back()),
    firstPage: () => set({ cursor: undefined, page: undefined }),
    /** A row changed or left: drawn at once, read anew by the next run. */
    replace: (key: string, row: T | undefined) => {
      const changed = rows.value.flatMap((r) => (spec.rowKey(r) !== key ? [r] : row ? [row] : []))
      total.value -= rows.value.length - changed.length
      rows.value = changed
    },
  }
}

export type List<T> = ReturnType<typeof useList<T>>
