// Small things kept in this browser: columns, how the page is drawn, tours that were seen; or in this tab alone.

import { ref, watch, type Ref } from 'vue'

/** Kept for good, or in sessionStorage while the tab lives. */
export function kept<T>(key: string, initial: T, place: () => Storage = () => localStorage): Ref<T> {
  const name = `jiqiao.${key}`
  const value = ref(read() ?? initial) as Ref<T>
  watch(
    value,
    (v) => {
      try {
        place().setItem(name, JSON.stringify(v))
      } catch {
        // Full, or forbidden by policy: a comfort, not a duty.
      }
    },
    { deep: true },
  )
  return value
  function read(): T | undefined {
    try {
      const text = place().getItem(name)
      return text === null ? undefined : (JSON.parse(text) as T)
    } catch {
      return undefined
    }
  }
}
