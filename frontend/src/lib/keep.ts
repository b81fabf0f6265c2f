// Small choices kept in this browser: columns, panels that were closed, tours that were seen.

import { ref, watch, type Ref } from 'vue'

export function kept<T>(key: string, initial: T): Ref<T> {
  const name = `jiqiao.${key}`
  const value = ref(read(name) ?? initial) as Ref<T>
  watch(
    value,
    (v) => {
      try {
        localStorage.setItem(name, JSON.stringify(v))
      } catch {
        // A comfort, not a duty.
      }
    },
    { deep: true },
  )
  return value
  function read(from: string): T | undefined {
    try {
      const text = localStorage.getItem(from)
      return text === null ? undefined : (JSON.parse(text) as T)
    } catch {
      return undefined
    }
  }
}
