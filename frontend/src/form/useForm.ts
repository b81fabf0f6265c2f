// Sending a form: busy meanwhile, what was wrong beside each field, nothing lost. What the browser refuses before anything
// is sent is told in the same way as what the server refuses after.

import { getCurrentInstance, provide, ref, shallowRef, type InjectionKey } from 'vue'
import { ApiError, asApiError, type FieldError } from '@/api/client'

/** What the fields below know of their form. */
export interface FormOfFields {
  wrong: (field: string) => string
  refuse: (fault: FieldError) => void
}
export const formKey: InjectionKey<FormOfFields> = Symbol('form')

export function useForm() {
  const busy = ref(false)
  const error = shallowRef<ApiError>()
  const wrong = (field: string): string =>
    error.value?.fields
      .filter((f) => f.field === field)
      .map((f) => f.message)
      .join('；') ?? ''

  let refused: FieldError[] = []
  /** The browser tells of each field in turn, with room for microtasks between; of the options of one choice, too. */
  function refuse(fault: FieldError): void {
    if (!refused.length)
      setTimeout(() => {
        error.value = new ApiError('invalid', '填写的内容有误，请按提示修改', 0, refused)
        refused = []
      })
    if (!refused.some((f) => f.field === fault.field)) refused.push(fault)
  }
  if (getCurrentInstance()) provide(formKey, { wrong, refuse })

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
