// A result list: its first page follows the address, later pages are appended.

import { computed, ref, shallowRef, type Ref } from 'vue'
import { search } from '@/api'
import type { ApiError } from '@/api/client'
import type { Facet, Hit } from '@/api/model'
import type { SearchState } from '@/lib/filter'
import { useLoad } from '@/lib/load'

export function useSearch(state: Ref<SearchState>) {
  const hits = shallowRef<Hit[]>([])
  const total = ref(0)
  const facets = shallowRef<Facet[]>([])
  const next = ref('')
  const truncated = ref(false)
  const loaded = ref(false)

  const first = useLoad(async (signal) => {
    const page = await search(state.value, '', signal)
    hits.value = page.hits
    total.value = page.total
    facets.value = page.facets ?? []
    next.value = page.next ?? ''
    truncated.value = page.truncated ?? false
    loaded.value = true
    return page
  })

  const more = useLoad(async (signal) => {
    const page = await search(state.value, next.value, signal)
    // Between two pages a record may have moved: an id must not appear twice.
    const known = new Set(hits.value.map((h) => h.id))
    hits.value = [...hits.value, ...page.hits.filter((h) => !known.has(h.id))]
    next.value = page.next ?? ''
    return page
  })

  return {
    hits,
    total,
    facets,
    next,
    truncated,
    loaded,
    loading: first.loading,
    slow: first.slow,
    error: first.error,
    loadingMore: more.loading,
    moreError: computed<ApiError | undefined>(() => more.error.value),
    run: () => {
      more.cancel()
      more.error.value = undefined
      return first.run()
    },
    loadMore: more.run,
  }
}
