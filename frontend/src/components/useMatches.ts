// A ranked list of matches, loaded page by page.

import { ref, shallowRef } from 'vue'
import { matchPageSize } from '@/api'
import type { Match, MatchList } from '@/api/model'
import type { Filter } from '@/lib/filter'
import { useLoad } from '@/lib/load'

export type MatchFetcher = (f: Filter, offset: number, signal: AbortSignal) => Promise<MatchList>

export function useMatches(filter: () => Filter, fetcher: () => MatchFetcher) {
  const matches = shallowRef<Match[]>([])
  const total = ref(0)
  const loaded = ref(false)
  /** What the service says of the list as a whole: that nothing fits, or that a part of it could not help. */
  const message = ref('')
  const abstained = ref(false)
  const degraded = ref<readonly string[]>([])
  const end = ref(false)
  /** Matches fetched, also those dropped as repeats: the offset of the next page. */
  let offset = 0

  function take(page: MatchList): void {
    total.value = page.total
    message.value = page.message ?? ''
    abstained.value = page.abstained ?? false
    degraded.value = page.degraded ?? []
    offset += page.matches.length
    end.value = page.matches.length < matchPageSize || offset >= page.total
  }

  const first = useLoad(async (signal) => {
    const page = await fetcher()(filter(), 0, signal)
    offset = 0
    matches.value = page.matches
    take(page)
    loaded.value = true
  })
  const more = useLoad(async (signal) => {
    const page = await fetcher()(filter(), offset, signal)
    const known = new Set(matches.value.map(pairKey))
    matches.value = [...matches.value, ...page.matches.filter((m) => !known.has(pairKey(m)))]
    take(page)
  })
  const run = (): Promise<void> => {
    more.cancel()
    more.error.value = undefined
    return first.run()
  }
  return { matches, total, loaded, end, message, abstained, degraded, first, more, run }
}

export function pairKey(m: Match): string {
  return `${m.need_id}/${m.achievement_id}`
}

/** How many stand before those at the end that have nothing to do with it. */
export function related(matches: readonly Pick<Match, 'level'>[]): number {
  let n = matches.length
  while (n > 0 && matches[n - 1]!.level === 1) n--
  return n
}
