// What is being typed survives a reload, a crash and the end of a session: it is kept in this browser until it was sent.

import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { debounced } from './ime'

/** Kept drafts older than this are dropped, in ms. */
const expiry = 30 * 24 * 3600 * 1000
/** Pause of typing after which it is kept, in ms. */
const pause = 400

interface Kept<T> {
  at: number
  value: T
}

export interface Draft {
  /** When the draft that was found had been kept; undefined when there was none. */
  restored: Ref<number | undefined>
  /** When it was kept last. */
  savedAt: Ref<number | undefined>
  /** Sent, or not wanted: forget it. */
  clear: () => void
}

/**
 * Keeps value under the key, which names the person and the thing. A draft that is found replaces the value at once.
 * An empty value, as `blank` says, is not worth keeping.
 */
export function useDraft<T>(key: string, value: Ref<T>, blank: (v: T) => boolean = () => false): Draft {
  const name = nameOf(key)
  const restored = ref<number>()
  const savedAt = ref<number>()
  const found = read<T>(name)
  if (found) {
    value.value = found.value
    restored.value = found.at
  }
  const keep = debounced(() => {
    if (blank(value.value)) return write(name, undefined)
    savedAt.value = Date.now()
    write(name, { at: savedAt.value, value: value.value })
  }, pause)
  const stop = watch(value, keep, { deep: true })
  // What was typed last must not wait for the pause when the page is left, reloaded or closed.
  addEventListener('pagehide', keep.flush)
  onScopeDispose(() => {
    stop()
    keep.flush()
    removeEventListener('pagehide', keep.flush)
  })
  return {
    restored,
    savedAt,
    clear: () => {
      keep.cancel()
      restored.value = undefined
      write(name, undefined)
    },
  }
}

const nameOf = (key: string): string => `jiqiao.draft.${key}`

/** Whether something was kept under the key. */
export const hasDraft = (key: string): boolean => !!read(nameOf(key))

function read<T>(name: string): Kept<T> | undefined {
  try {
    const text = localStorage.getItem(name)
    const kept = text ? (JSON.parse(text) as Kept<T>) : undefined
    return kept && Date.now() - kept.at < expiry ? kept : undefined
  } catch {
    return undefined
  }
}

function write(name: string, kept: unknown): void {
  try {
    if (kept) localStorage.setItem(name, JSON.stringify(kept))
    else localStorage.removeItem(name)
  } catch {
    // Full or forbidden: the page works without.
  }
}
