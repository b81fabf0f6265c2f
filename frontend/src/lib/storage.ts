// What a tab remembers. sessionStorage may be full, or forbidden by policy; then the page only forgets.

import { ref, watch, type Ref } from 'vue'

export function remembered(key: string, initial = ''): Ref<string> {
  const name = `jiqiao.${key}`
  const value = ref(read(name) ?? initial)
  watch(value, (v) => write(name, v))
  return value
}

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}

function write(name: string, value: string): void {
  try {
    if (value) sessionStorage.setItem(name, value)
    else sessionStorage.removeItem(name)
  } catch {
    // Private mode or quota: keeping it is a comfort, not a duty.
  }
}
