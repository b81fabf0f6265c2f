// What ties a control to its label, its help and what is wrong with it.

import { computed, inject } from 'vue'
import { faultOf, type Control } from './faults'
import { fieldID, formKey } from './useForm'

export interface FieldProps {
  /** The path by which the server names it. */
  name: string
  label: string
  hint?: string
  /** What the form says of the name, unless something else is given. */
  wrong?: string
}

export function useField(props: FieldProps) {
  const form = inject(formKey, undefined)
  const id = computed(() => fieldID(props.name))
  const said = computed(() => props.wrong || form?.wrong(props.name) || '')
  /** For the control to bind. */
  const control = computed(() => ({
    id: id.value,
    'aria-describedby':
      [props.hint && `${id.value}-hint`, said.value && `${id.value}-wrong`].filter(Boolean).join(' ') ||
      undefined,
    'aria-invalid': said.value ? true : undefined,
  }))
  /** What the browser finds wrong is said by the form, not in the browser's bubble. */
  function refused(e: Event): void {
    if (!form) return
    e.preventDefault()
    form.refuse({ field: props.name, message: faultOf(e.target as unknown as Control, props.label) })
  }
  return { id, said, control, refused }
}
