// A setting with its version: saved against the version that was read, put back by undo, and said when somebody else was
// first.

import { computed, ref } from 'vue'
import { asApiError, type ApiError } from '@/api/client'
import { useLoad } from '@/lib/load'
import { failed, undoable } from '@/lib/toast'

export function useSetting<T extends object>(
  read: (signal: AbortSignal) => Promise<T>,
  write: (value: T, version: number) => Promise<number | undefined>,
  versionOf: (value: T) => number,
  said: string,
) {
  const load = useLoad(read)
  const error = ref<ApiError>()
  const busy = ref(false)
  void load.run()

  async function save(value: T): Promise<boolean> {
    const before = load.data.value!
    busy.value = true
    error.value = undefined
    try {
      await write(value, versionOf(before))
      await load.run()
      undoable(said, async () => {
        try {
          await write(before, versionOf(load.data.value!))
        } catch (cause) {
          failed(cause)
        }
        await load.run()
      })
      return true
    } catch (cause) {
      error.value = asApiError(cause)
      return false
    } finally {
      busy.value = false
    }
  }
  const wrong = (field: string): string =>
    error.value?.fields.find((f) => f.field === field || f.field.endsWith(`.${field}`))?.message ?? ''
  return { load, save, busy, error, wrong, stale: computed(() => error.value?.code === 'conflict') }
}
