// The clinic reads along: after a pause of typing it says what the draft leaves open, beside the field it is about.

import { computed, watch, type Ref } from 'vue'
import { debounced } from '@/lib/ime'
import type { Kind } from '@/lib/filter'
import { useLoad } from '@/lib/load'
import { onScopeDispose } from 'vue'
import { examine } from './api'
import { bodyOf } from './form/body'
import { hintsOf, twinsOf } from './form/hints'
import type { Form } from './form/model'

const pause = 900

export function useClinic(kind: Kind, id: Ref<string>, form: Ref<Form>, ready: Ref<boolean>) {
  const load = useLoad((signal) => examine(kind, { ...bodyOf(kind, form.value), ...said(id.value) }, signal))
  const again = debounced(() => void load.run(), pause)
  onScopeDispose(again.cancel)
  watch(ready, (is) => is && form.value.title.trim() && void load.run(), { immediate: true })
  watch(
    form,
    () => {
      if (ready.value && form.value.title.trim()) again()
    },
    { deep: true },
  )
  return {
    diagnosis: load.data,
    running: load.loading,
    hints: computed(() => hintsOf(kind, form.value, load.data.value)),
    twins: computed(() => twinsOf(load.data.value, id.value)),
  }
}

const said = (id: string): { id?: string } => (id ? { id } : {})

export type ClinicHelp = ReturnType<typeof useClinic>
