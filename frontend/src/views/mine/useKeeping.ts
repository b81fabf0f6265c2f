// Where what is typed into a record is kept in this browser: under its id, and before it has one in a place that no other
// tab uses.

import { effectScope, onScopeDispose, type EffectScope, type Ref } from 'vue'
import { useDraft, type Draft } from '@/lib/draft'
import { freeDraft, type FreeDraft } from '@/lib/freedraft'
import type { Kind } from '@/lib/filter'
import { session } from '@/session'
import type { Kept } from './editorState'
import { printed } from './form/model'

/** owner is the id of whom something new is entered for, where that is not one's own organisation. */
export function useKeeping(kind: Kind, kept: Ref<Kept>, owner = '') {
  let scope: EffectScope | undefined
  let draft: Draft | undefined
  let place: FreeDraft | undefined
  let gone = false

  const keyOf = (name: string): string => `record.${session.user?.id ?? ''}.${kind}.${name}`
  function leave(): void {
    place?.leave()
    place = undefined
  }
  onScopeDispose(() => {
    gone = true
    scope?.stop()
    leave()
  })

  /** Begins to keep; what was found there comes back, and when it had been kept. */
  async function keep(id: string): Promise<number | undefined> {
    if (!id) place = await freeDraft(keyOf(`new${owner}`))
    if (gone) leave()
    else start(place?.key ?? keyOf(id))
    return draft?.restored.value
  }
  function start(key: string): void {
    scope?.stop()
    scope = effectScope()
    scope.run(() => {
      draft = useDraft(key, kept, (k) => printed(k.form) === printed(k.base))
    })
  }
  /** What was new has its id from now on. */
  function named(id: string): void {
    draft?.clear()
    start(keyOf(id))
    leave()
  }
  return { keep, named, clear: () => draft?.clear() }
}
