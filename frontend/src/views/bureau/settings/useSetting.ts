// A setting with its version: saved against the version that was read, put back by undo, and said when somebody else was
// first.

import { computed } from 'vue'
import { useForm } from '@/form/useForm'
import { useLoad } from '@/lib/load'
import { failed, undoable } from '@/lib/toast'

export function useSetting<T extends object>(
  read: (signal: AbortSignal) => Promise<T>,
  write: (value: T, version: number) => Promise<number | undefined>,
  versionOf: (value: T) => number,
  said: string,
) {
  const load = useLoad(read)
  const { busy, error, send } = useForm()
  void load.run()

  async function save(value: T): Promise<boolean> {
    const before = load.data.value!
    const saved = await send(async () => {
      await write(value, versionOf(before))
      await load.run()
      return true
    })
    if (!saved) return false
    undoable(said, async () => {
      try {
        await write(before, versionOf(load.data.value!))
      } catch (cause) {
        failed(cause)
      }
      await load.run()
    })
    return true
  }
  const wrong = (field: string): string =>
    error.value?.fields.find((f) => f.field === field || f.field.endsWith(`.${field}`))?.message ?? ''
  return { load, save, busy, error, wrong, stale: computed(() => error.value?.code === 'conflict') }
}
