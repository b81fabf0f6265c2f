// What is known of a record that is being filled in.

import { ref, shallowRef } from 'vue'
import type { ApiError, FieldError } from '@/api/client'
import type { AnyRecord } from '@/api/model'
import type { Review, Steps } from './api'
import type { Clash } from './form/merge'
import { formOf, type FieldName, type Form } from './form/model'

export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'held' | 'failed'

/** What this browser keeps: the form, and what it was made from. */
export interface Kept {
  form: Form
  base: Form
  version: number
}

export function newState(given: string) {
  const id = ref(given === 'new' ? '' : given)
  const record = shallowRef<AnyRecord>()
  const steps = shallowRef<Steps>()
  const reviews = shallowRef<readonly Review[]>([])
  const form = ref<Form>(formOf())
  const base = shallowRef<Form>(formOf())
  const kept = ref<Kept>({ form: formOf(), base: formOf(), version: 0 })
  const saving = ref<SaveState>('clean')
  const savedAt = ref<number>()
  const error = shallowRef<ApiError>()
  const refused = shallowRef<readonly FieldError[]>([])
  const clashes = shallowRef<readonly Clash[]>([])
  const taken = shallowRef<readonly FieldName[]>([])
  const restored = ref<number>()
  const ready = ref(false)
  return {
    id,
    record,
    steps,
    reviews,
    form,
    base,
    kept,
    saving,
    savedAt,
    error,
    refused,
    clashes,
    taken,
    restored,
    ready,
  }
}
