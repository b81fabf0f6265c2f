// A text of one side that the tab remembers and nobody else: what is diagnosed or matched without being entered.

import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { maxPaste } from '@/api'
import type { Kind } from '@/lib/filter'
import { kept } from '@/lib/keep'

export interface TabText {
  text: Ref<string>
  kind: Ref<Kind>
  /** In characters, as the service counts them. */
  length: ComputedRef<number>
  tooLong: ComputedRef<boolean>
  /** Why it could not be sent. */
  complaint: Ref<string>
}

export function useTabText(name: string): TabText {
  const inTab = () => sessionStorage
  const text = kept(`${name}.text`, '', inTab)
  const side = kept<Kind>(`${name}.kind`, 'need', inTab)
  const length = computed(() => [...text.value].length)
  return {
    text,
    kind: side,
    length,
    tooLong: computed(() => length.value > maxPaste),
    complaint: ref(''),
  }
}
