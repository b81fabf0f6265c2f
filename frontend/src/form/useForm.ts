// Sending a form: busy meanwhile, what was wrong beside each field, nothing lost.

import { ref, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api/client'

export function useForm() {
  const busy = ref(false)
  const error = shallowRef<ApiError>()
  const wrong = (field: string): string =>
    error.value?.fields
      .filter((f) => f.field === field)
      .map((f) => f.message)
      .join('；') ?? ''
  async function send<T>(run: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    error.value = undefined
    try {
      return await run()
    } catch (cause) {
      error.value = asApiError(cause)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, error, wrong, send }
}

/** The id of a field's element, from the path by which the server names it: "organisation.name". */
export const fieldID = (path: string): string => `f-${path.replaceAll(/[^a-z0-9]+/gi, '-')}`
