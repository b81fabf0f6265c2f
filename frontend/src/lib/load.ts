// Loading with the states a page must show: running, slow, failed, done. A later run supersedes an earlier one, whose
// answer is dropped; losing the network is healed by its return.

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { ApiError, asApiError } from '@/api/client'

export interface Load<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<ApiError | undefined>
  loading: Ref<boolean>
  /** Set when the answer takes longer than slowAfter. */
  slow: Ref<boolean>
  run: () => Promise<void>
  cancel: () => void
}

/** After so long the page says that the server is slow, in ms. */
export const slowAfter = 3000

export function useLoad<T>(fetcher: (signal: AbortSignal) => Promise<T>): Load<T> {
  const data = shallowRef<T>()
  const error = shallowRef<ApiError>()
  const loading = ref(false)
  const slow = ref(false)
  let current: AbortController | undefined
  let clock: ReturnType<typeof setTimeout> | undefined

  function cancel(): void {
    current?.abort()
    current = undefined
    clearTimeout(clock)
    loading.value = slow.value = false
  }

  async function run(): Promise<void> {
    cancel()
    const mine = (current = new AbortController())
    loading.value = true
    clock = setTimeout(() => (slow.value = true), slowAfter)
    try {
      const answer = await fetcher(mine.signal)
      if (current !== mine) return
      data.value = answer
      error.value = undefined
    } catch (cause) {
      if (current !== mine) return
      error.value = asApiError(cause)
    }
    cancel()
  }

  const again = (): void => {
    if (error.value?.temporary) void run()
  }
  if (typeof window !== 'undefined') {
    window.addEventListener('online', again)
    onScopeDispose(() => window.removeEventListener('online', again))
  }
  onScopeDispose(cancel)
  return { data, error, loading, slow, run, cancel }
}
