// A text of one side that the tab remembers and nobody else: what is diagnosed or matched without being entered.

import { computed, ref, type ComputedRef, type Ref, type WritableComputedRef } from 'vue'
import { maxPaste } from '@/api'
import type { Kind } from '@/lib/filter'
import { remembered } from '@/lib/storage'

export interface TabText {
  text: Ref<string>
  kind: WritableComputedRef<Kind>
  /** In characters, as the service counts them. */
  length: ComputedRef<number>
  tooLong: ComputedRef<boolean>
  /** Why it could not be sent. */
  complaint: Ref<string>
}

export function useTabText(name: string): TabText {
  const text = remembered(`${name}.text`)
  const kept = remembered(`${name}.kind`, 'need')
  const length = computed(() => [...text.value].length)
  return {
    text,
    kind: computed<Kind>({
      get: () => (kept.value === 'achievement' ? 'achievement' : 'need'),
      set: (k) => (kept.value = k),
    }),
    length,
    tooLong: computed(() => length.value > maxPaste),
    complaint: ref(''),
  }
}
