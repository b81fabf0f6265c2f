// The details of the candidates that are shown or come next. Kept are only those near the cursor and a few that were seen:
// a morning's work must not fill the memory.

import { shallowReactive } from 'vue'
import { asApiError, type ApiError } from '@/api/client'
import type { Schemas } from '@/api/model'

export type QueueItem = Schemas['QueueItem']

export interface Detail {
  readonly item?: QueueItem
  readonly error?: ApiError
}

/** So many are read at the same time: more would make the one that is waited for wait. */
export const atOnce = 3
/** So many that are not wanted any more are kept for whoever goes back. */
export const keptBehind = 12

export type DetailFetcher = (id: string, signal: AbortSignal) => Promise<QueueItem>

export function newDetails(fetcher: DetailFetcher) {
  const known = shallowReactive(new Map<string, Detail>())
  const running = new Map<string, AbortController>()
  let wanted: readonly string[] = []

  /** Has these read in their order, and forgets what is far away. */
  function want(ids: readonly string[]): void {
    wanted = ids
    for (const [id, c] of running)
      if (!ids.includes(id)) {
        c.abort()
        running.delete(id)
      }
    const behind = [...known.keys()].filter((id) => !ids.includes(id))
    for (const id of behind.slice(0, Math.max(0, behind.length - keptBehind))) known.delete(id)
    next()
  }

  function next(): void {
    for (const id of wanted) {
      if (running.size >= atOnce) return
      if (!known.has(id) && !running.has(id)) void read(id)
    }
  }

  async function read(id: string): Promise<void> {
    running.get(id)?.abort()
    const mine = new AbortController()
    running.set(id, mine)
    let detail: Detail
    try {
      detail = { item: await fetcher(id, mine.signal) }
    } catch (cause) {
      if (mine.signal.aborted) return
      detail = { error: asApiError(cause) }
    }
    if (running.get(id) !== mine) return
    running.delete(id)
    known.set(id, detail)
    next()
  }

  function stop(): void {
    wanted = []
    for (const c of running.values()) c.abort()
    running.clear()
    known.clear()
  }

  return {
    known,
    want,
    /** Reads it anew, if it is known or wanted; what is shown stays until the answer comes. */
    again: (id: string) => (known.has(id) || wanted.includes(id) ? read(id) : Promise.resolve()),
    /** What is known of it is old: to be read when it is wanted. */
    forget: (id: string) => void known.delete(id),
    stop,
    size: () => known.size + running.size,
  }
}
