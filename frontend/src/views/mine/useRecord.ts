// One record being filled in: read, kept in this browser, saved on the server while it is a draft, laid before the
// reviewers when it is shown already. Somebody else's change in between is merged; nothing typed is lost.

import { computed, effectScope, onScopeDispose, ref, shallowRef, watch, type EffectScope } from 'vue'
import { ApiError, asApiError, freshKey, type FieldError } from '@/api/client'
import type { AnyRecord } from '@/api/model'
import { useDraft, type Draft } from '@/lib/draft'
import type { Kind } from '@/lib/filter'
import { debounced } from '@/lib/ime'
import { useLoad } from '@/lib/load'
import { session } from '@/session'
import { create, readRecord, reviewsOf, stepsFor, update, type Review, type Saved, type Steps } from './api'
import { bodyOf, problemsOf, today } from './form/body'
import { merge, type Clash } from './form/merge'
import { formOf, printed, rekeyed, type FieldName, type Form } from './form/model'
import { modeOf, type Mode } from './states'

/** Pause of typing after which a draft goes to the server, in ms. */
const pause = 1500

export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'held' | 'failed'

/** What this browser keeps: the form, and what it was made from. */
interface Kept {
  form: Form
  base: Form
  version: number
}

export function useRecord(kind: Kind, given: string, created: (id: string) => void) {
  const id = ref(given === 'new' ? '' : given)
  const record = shallowRef<AnyRecord>()
  const steps = shallowRef<Steps>()
  const reviews = shallowRef<readonly Review[]>([])
  const form = ref<Form>(formOf())
  const base = shallowRef<Form>(formOf())
  const kept = ref<Kept>({ form: formOf(), base: formOf(), version: 0 })
  const state = ref<SaveState>('clean')
  const savedAt = ref<number>()
  const error = shallowRef<ApiError>()
  const refused = shallowRef<readonly FieldError[]>([])
  const clashes = shallowRef<readonly Clash[]>([])
  const taken = shallowRef<readonly FieldName[]>([])
  const restored = ref<number>()
  const ready = ref(false)

  const mode = computed<Mode>(() => (record.value ? modeOf(record.value.status) : 'draft'))
  /** The change of what is shown that waits, or was returned last. */
  const revision = computed(() => {
    const last = reviews.value.find((r) => r.revision)
    return mode.value === 'revision' && last && ['pending', 'returned'].includes(last.state)
      ? last
      : undefined
  })
  const dirty = computed(() => printed(form.value) !== printed(base.value))
  const problems = computed(() => problemsOf(kind, form.value, today()))

  let scope: EffectScope | undefined
  let draft: Draft | undefined
  let once = freshKey()

  /** Starts keeping the form under the record's name; what was found there comes back. */
  function keep(): void {
    scope?.stop()
    scope = effectScope()
    const key = `record.${session.user?.id ?? ''}.${kind}.${id.value || 'new'}`
    scope.run(() => {
      draft = useDraft(key, kept, (k) => printed(k.form) === printed(k.base))
    })
  }
  onScopeDispose(() => scope?.stop())

  const load = useLoad(async (signal) => {
    if (id.value) {
      const [r, s, v] = await Promise.all([
        readRecord(kind, id.value, signal),
        stepsFor(kind, id.value, signal),
        reviewsOf(kind, id.value, signal),
      ])
      record.value = r
      steps.value = s
      reviews.value = v.items
    }
    return true
  })

  /** What the form begins with: the record, or the change of it that is under way. */
  const present = (): Form => formOf(revision.value?.record ?? record.value)

  async function open(): Promise<void> {
    await load.run()
    if (load.error.value || ready.value) return
    base.value = present()
    form.value = present()
    kept.value = { form: form.value, base: base.value, version: record.value?.version ?? 0 }
    keep()
    if (draft?.restored.value) {
      restored.value = draft.restored.value
      const found = kept.value
      if (found.version === (record.value?.version ?? 0)) form.value = found.form
      else take(merge(found.base, found.form, base.value))
      form.value = rekeyed(form.value)
    }
    ready.value = true
  }

  function take(m: ReturnType<typeof merge>): void {
    form.value = m.form
    clashes.value = m.clashes
    taken.value = m.taken
  }

  /** Reads what the server has now and merges what is typed here into it. */
  async function refresh(): Promise<void> {
    await load.run()
    if (load.error.value) return
    const theirs = present()
    if (dirty.value) take(merge(base.value, form.value, theirs))
    else form.value = present()
    base.value = theirs
  }

  const auto = debounced(() => void save(), pause)
  onScopeDispose(auto.cancel)
  watch(
    form,
    () => {
      if (!ready.value) return
      kept.value = { form: form.value, base: base.value, version: record.value?.version ?? 0 }
      if (!dirty.value) return
      refused.value = []
      if (state.value !== 'saving') state.value = 'waiting'
      if (mode.value === 'draft') auto()
    },
    { deep: true },
  )

  function ifMatch(): number | string {
    const r = revision.value
    const version = record.value!.version
    return r?.state === 'pending' ? `${r.record?.version ?? version}.r${r.edition}` : version
  }

  /** Sends the form; undefined when it was not saved, which state and error then explain. */
  async function save(): Promise<Saved | undefined> {
    auto.cancel()
    if (state.value === 'saving' || clashes.value.length) return undefined
    if (problems.value.some((p) => !p.unfinished)) {
      if (form.value.title.trim() || id.value) state.value = 'held'
      return undefined
    }
    const sent = JSON.parse(JSON.stringify(form.value)) as Form
    state.value = 'saving'
    try {
      const body = bodyOf(kind, sent)
      const answer = id.value ? await update(kind, id.value, body, ifMatch()) : await create(kind, body, once)
      arrived(answer, sent)
      return answer
    } catch (cause) {
      await missed(asApiError(cause))
      return undefined
    }
  }

  function arrived(answer: Saved, sent: Form): void {
    const fresh = !id.value
    record.value = answer.record
    base.value = sent
    savedAt.value = Date.now()
    error.value = undefined
    refused.value = []
    draft?.clear()
    if (fresh) {
      id.value = answer.record.id
      once = freshKey()
      keep()
      created(id.value)
    }
    state.value = dirty.value ? 'waiting' : 'saved'
    if (dirty.value && mode.value === 'draft') auto()
    if (fresh || answer.revision) void load.run()
  }

  async function missed(cause: ApiError): Promise<void> {
    error.value = cause
    refused.value = cause.fields
    state.value = cause.fields.length ? 'held' : 'failed'
    if (!id.value || ![409, 412].includes(cause.status)) return
    await refresh()
    error.value = clashes.value.length ? undefined : error.value
    if (!clashes.value.length && !load.error.value && cause.status === 412) {
      // Nothing of the two changes touches: saved as both meant it.
      error.value = undefined
      state.value = 'waiting'
      auto()
    }
  }

  /** The person has chosen for one field of a clash. */
  function settle(clash: Clash, which: 'mine' | 'theirs'): void {
    form.value = { ...form.value, [clash.field]: clash[which] }
    clashes.value = clashes.value.filter((c) => c.field !== clash.field)
    if (!clashes.value.length && mode.value === 'draft') auto()
  }

  /** Drops what was typed here and not saved; the caller offers to undo it. */
  function discard(): Form {
    const was = form.value
    form.value = present()
    base.value = present()
    clashes.value = []
    draft?.clear()
    restored.value = undefined
    state.value = 'clean'
    return was
  }

  return {
    kind,
    id,
    record,
    steps,
    reviews,
    revision,
    form,
    base,
    mode,
    state,
    savedAt,
    error,
    refused,
    clashes,
    taken,
    restored,
    ready,
    dirty,
    problems,
    loading: load.loading,
    slow: load.slow,
    loadError: load.error,
    open,
    refresh,
    save,
    settle,
    discard,
  }
}

export type Editor = ReturnType<typeof useRecord>
