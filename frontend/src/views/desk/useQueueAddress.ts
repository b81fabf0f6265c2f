// What the address says of the queue, and how it changes. On a wide screen going along the list replaces the address, so
// "back" leaves the queue; on a narrow one a candidate is a page of its own.

import { computed, onScopeDispose, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { debounced } from '@/lib/ime'
import { asked, changedFilter, narrowing, parseSaved, printSaved, readFilter } from './address'
import type { QueueQuery } from './useQueue'

/** As wide as the style sheet says that both panes fit. */
const wideEnough = '(min-width: 821px)'

export function useQueueAddress() {
  const route = useRoute()
  const router = useRouter()
  const media = window.matchMedia(wideEnough)
  const wide = ref(media.matches)
  const resized = (): void => void (wide.value = media.matches)
  media.addEventListener('change', resized)
  onScopeDispose(() => media.removeEventListener('change', resized))

  // While the page is being left the address is already another's.
  const own = computed(() => route.meta.key === 'queue')
  const filter = computed<ReturnType<typeof readFilter>>((old) =>
    own.value || !old ? readFilter(route.query) : old,
  )
  const named = computed(() => (own.value && typeof route.params.id === 'string' ? route.params.id : ''))
  const query = computed(() => asked(filter.value) as QueueQuery)

  let pending = ''
  const follow = debounced(() => {
    if (own.value && pending && pending !== named.value)
      void router.replace({ path: `/queue/${pending}`, query: route.query })
  }, 300)
  onScopeDispose(follow.cancel)

  return {
    filter,
    named,
    query,
    wide,
    narrowed: computed(() => narrowing(filter.value).length > 0),
    saveable: computed(() => printSaved(filter.value)),
    change: (c: Record<string, string>) =>
      void router.push({ path: '/queue', query: changedFilter(filter.value, c) }),
    apply: (text: string) => void router.push({ path: '/queue', query: parseSaved(text) }),
    /** The cursor moved: the address follows when it rests. */
    follow: (id: string) => {
      pending = id
      if (wide.value || named.value) follow()
    },
    open: (id: string) => {
      if (wide.value) void router.replace({ path: `/queue/${id}`, query: route.query })
      else void router.push({ path: `/queue/${id}`, query: route.query })
    },
    back: () => void router.push({ path: '/queue', query: route.query }),
    comparing: computed(() => own.value && route.query.compare === '1'),
    /** A comparison is a step of its own: "back" ends it, and a reload keeps it. */
    compare: () => void router.push({ path: route.path, query: { ...route.query, compare: '1' } }),
    endComparison: () => {
      const before: unknown = window.history.state?.back
      if (typeof before === 'string' && before.startsWith('/queue') && !before.includes('compare=1')) {
        // Where it began may be decided by now: one goes on at the cursor.
        const path = pending ? `/queue/${pending}` : route.path
        const off = router.beforeEach((to) => {
          off()
          return to.path === path || to.meta.key !== 'queue' || { path, query: to.query, replace: true }
        })
        return router.back()
      }
      const { compare, ...query } = route.query
      void router.replace({ path: route.path, query })
    },
  }
}

export type QueueAddress = ReturnType<typeof useQueueAddress>
