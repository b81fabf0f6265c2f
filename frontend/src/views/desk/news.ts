// What others do with the candidates while the list is open. What is seen is read anew; what is new is announced and does
// not push the list about under the eyes of whoever works in it.

import { onScopeDispose, ref, type Ref } from 'vue'
import { get } from '@/api/typed'
import { debounced } from '@/lib/ime'
import { useLive } from '@/live'
import type { QueueQuery } from './useQueue'
import { find, type QueueState } from './queuelist'

/** So long after an act of this person an event about the candidate is its echo, in ms. */
const echoes = 5000
/** So many changes at once are not read one by one. */
const atMost = 10
const mostEchoes = 200

/** Remembers for a while what was done from here. */
export function newEchoes(now: () => number) {
  const at = new Map<string, number>()
  return {
    add: (id: string) => {
      at.delete(id)
      at.set(id, now())
      const oldest = at.keys().next().value
      if (at.size > mostEchoes && oldest !== undefined) at.delete(oldest)
    },
    /** It came to nothing: what is heard of it now is somebody else's. */
    drop: (id: string) => void at.delete(id),
    has: (id: string) => now() - (at.get(id) ?? -Infinity) < echoes,
    size: () => at.size,
  }
}

export interface NewsOptions {
  state: Ref<QueueState>
  query: Ref<QueueQuery>
  echo: (id: string) => boolean
  reread: (id: string) => void
}

export function useNews(o: NewsOptions) {
  /** How many candidates came into the list. */
  const news = ref(0)
  /** So much changed that the list should be read anew. */
  const stale = ref(false)
  const touched = new Set<string>()
  const heal = debounced(() => {
    const ids = [...touched]
    touched.clear()
    if (ids.length > atMost) stale.value = true
    else ids.forEach(o.reread)
  }, 400)
  // Of what the list does not hold some is new, and some stands on a page that was not read yet: the total tells.
  const look = debounced(() => {
    void get('/queue', { query: { ...o.query.value, limit: 1 } }).then(
      (p) => (news.value = Math.max(0, p.total - o.state.value.total)),
      () => undefined,
    )
  }, 2000)
  useLive(['queue'], (e) => {
    if (!e) return void (stale.value = true)
    const id = e.object?.type === 'candidate' ? e.object.id : ''
    if (!id || o.echo(id)) return
    if (find(o.state.value, id)) {
      touched.add(id)
      heal()
    } else if (!o.state.value.ranks.has(id)) look()
  })
  onScopeDispose(() => {
    heal.cancel()
    look.cancel()
  })
  return {
    news,
    stale,
    seenAll: () => {
      news.value = 0
      stale.value = false
    },
  }
}
