// One record being filled in: read, kept in this browser, saved on the server while it is a draft, laid before the
// reviewers when it is shown already. Somebody else's change in between is merged; nothing typed is lost.

import { computed, onScopeDispose, watch } from 'vue'
import { asApiError, freshKey, type ApiError } from '@/api/client'
import type { AnyRecord } from '@/api/model'
import { today } from '@/lib/beijing'
import type { Kind } from '@/lib/filter'
import { debounced } from '@/lib/ime'
import { useLoad } from '@/lib/load'
import { session } from '@/session'
import { create, ownContact, readRecord, reviewsOf, stepsFor, update, type Saved } from './api'
import { bodyOf, differs, problemsOf } from './form/body'
import { merge, type Clash } from './form/merge'
import { formOf, rekeyed, type Form } from './form/model'
import { newState } from './editorState'
import { modeOf, type Mode } from './states'
import { useKeeping } from './useKeeping'

/** Pause of typing after which a draft goes to the server, in ms. */
const pause = 1500

/** owner is for whom something new is entered, where that is not one's own organisation. */
export function useRecord(kind: Kind, given: string, created: (id: string) => void, owner?: Form['owner']) {
  const state = newState(given)
  const { id, record, steps, reviews, form, base, kept, saving, savedAt } = state
  const { error, refused, clashes, taken, restored, ready } = state

  const mode = computed<Mode>(() => (record.value ? modeOf(record.value.status) : 'draft'))
  /** The change of what is shown that waits, or was returned last. */
  const revision = computed(() => {
    const last = reviews.value.find((r) => r.revision)
    return mode.value === 'revision' && last && ['pending', 'returned'].includes(last.state)
      ? last
      : undefined
  })
  /** Whether there is something to send: rows that are not finished stay in this browser. */
  const dirty = computed(() => differs(kind, form.value, base.value))
  const problems = computed(() => problemsOf(kind, form.value, today()))

  const keeping = useKeeping(kind, kept, owner?.id)
  let once = freshKey()
  /** That of the organisation, for what is new. */
  let contact: AnyRecord['contact'] | undefined

  const note = (): void =>
    void (kept.value = { form: form.value, base: base.value, version: record.value?.version ?? 0 })

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
    } else if (session.user?.organisation_id && !owner && !ready.value) {
      contact = await ownContact(signal).catch(() => undefined)
    }
    return true
  })

  /** What the form begins with: the record, or the change of it that is under way. */
  const present = (): Form => formOf(revision.value?.record ?? record.value ?? { contact, owner })

  async function open(): Promise<void> {
    await load.run()
    if (load.error.value || ready.value) return
    base.value = present()
    form.value = present()
    note()
    restored.value = await keeping.keep(id.value)
    if (restored.value) {
      const found = kept.value
      if (found.version === (record.value?.version ?? 0)) form.value = found.form
      else take(merge(found.base, found.form, base.value))
      form.value = rekeyed(form.value)
    }
    ready.value = true
    // Left before it went to the server: it goes now.
    if (dirty.value && mode.value === 'draft' && !clashes.value.length && restored.value) {
      saving.value = 'waiting'
      auto()
    }
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
  // What could not be sent for want of a network goes when there is one again.
  const heal = (): void => {
    if (saving.value === 'failed' && mode.value === 'draft' && error.value?.temporary) auto()
  }
  addEventListener('online', heal)
  onScopeDispose(() => {
    auto.cancel()
    removeEventListener('online', heal)
  })
  watch(
    form,
    () => {
      if (!ready.value) return
      note()
      if (!dirty.value) return
      refused.value = []
      if (saving.value !== 'saving') saving.value = 'waiting'
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
    if (saving.value === 'saving' || clashes.value.length) return undefined
    if (problems.value.some((p) => !p.unfinished)) {
      if (form.value.title.trim() || id.value) saving.value = 'held'
      return undefined
    }
    const sent = JSON.parse(JSON.stringify(form.value)) as Form
    saving.value = 'saving'
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
    base.value = fresh ? formOf(answer.record) : formOf({ ...bodyOf(kind, sent) } as Partial<AnyRecord>)
    savedAt.value = Date.now()
    error.value = undefined
    refused.value = []
    if (fresh) {
      id.value = answer.record.id
      once = freshKey()
      // What the service filled in for the organisation.
      const silent = !Object.values(form.value.contact).some((part) => part.trim())
      form.value = {
        ...form.value,
        region: form.value.region || (answer.record.region ?? ''),
        ...(silent && { contact: base.value.contact }),
      }
      keeping.named(id.value)
      created(id.value)
    }
    note()
    saving.value = dirty.value ? 'waiting' : 'saved'
    if (dirty.value && mode.value === 'draft') auto()
    if (fresh || answer.revision) void load.run()
  }

  async function missed(cause: ApiError): Promise<void> {
    error.value = cause
    refused.value = cause.fields
    saving.value = cause.fields.length ? 'held' : 'failed'
    if (!id.value || ![409, 412].includes(cause.status)) return
    await refresh()
    error.value = clashes.value.length ? undefined : error.value
    if (!clashes.value.length && !load.error.value && cause.status === 412) {
      // Nothing of the two changes touches: saved as both meant it.
      error.value = undefined
      saving.value = 'waiting'
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
    keeping.clear()
    restored.value = undefined
    saving.value = 'clean'
    return was
  }

  return {
    kind,
    ...state,
    state: saving,
    mode,
    revision,
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
