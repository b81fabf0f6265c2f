// Runs the queue: turns what the person does into events of queue.ts and into requests. Requests about one candidate go one
// after the other; those about different ones do not wait for each other.

import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { asApiError } from '@/api/client'
import { del, get, post, type QueryOf } from '@/api/typed'
import { refreshCounts } from '@/counts'
import { debounced } from '@/lib/ime'
import { failed } from '@/lib/toast'
import { session } from '@/session'
import { newDetails } from './details'
import { newLease } from './lease'
import { newEchoes, useNews } from './news'
import { current, decidable, step, wanted, wantsMore, type QueueEvent } from './queue'
import { find, initial, type Choice, type QueueState } from './queuelist'

export type QueueQuery = NonNullable<QueryOf<'/queue'>>

const pageSize = 100
/** Minutes that a lease lasts, until the rules are known. */
const usualLease = 10

export interface QueueOptions {
  query: Ref<QueueQuery>
  /** Whether this person decides, or only looks. */
  works: boolean
  /** Whether a candidate is really before somebody's eyes. */
  looking: Ref<boolean>
  /** The candidate that the address names. */
  open: () => string
}

/** The queue as it was left last: what was decided there can still be undone when one comes back. */
let left: { by: string | undefined; state: Ref<QueueState> } | undefined

export function useQueue(o: QueueOptions) {
  const me = session.user?.id
  const done = left?.by === me ? (left?.state.value.done ?? []) : []
  const state = shallowRef<QueueState>({ ...initial(), done })
  left = { by: me, state }
  const dispatch = (e: QueueEvent): void => void (state.value = step(state.value, e))
  const here = computed(() => current(state.value))
  const details = newDetails((id, signal) => get('/queue/{id}', { path: { id }, signal }))
  const queues = new Map<string, Promise<void>>()
  const recount = debounced(() => refreshCounts('queue', 'opinions'), 1500)
  const own = newEchoes(() => performance.now())
  let leaseMinutes = usualLease
  let reading: AbortController | undefined

  /** One request about a candidate after the other. */
  function after(id: string, run: () => Promise<void>): Promise<void> {
    const last = (queues.get(id) ?? Promise.resolve()).then(run).finally(() => {
      if (queues.get(id) === last) queues.delete(id)
    })
    queues.set(id, last)
    return last
  }

  async function load(fresh = false): Promise<void> {
    reading?.abort()
    const mine = (reading = new AbortController())
    const query = o.query.value
    seenAll()
    dispatch({ type: 'load', shows: query.state ? query.state.split(',') : [], fresh })
    try {
      const page = await get('/queue', { query: { ...query, limit: pageSize }, signal: mine.signal })
      if (reading !== mine) return
      const open = o.open()
      dispatch({ type: 'loaded', page, open })
      if (open && !find(state.value, open)) await bring(open)
    } catch (cause) {
      if (reading === mine) dispatch({ type: 'failed', error: asApiError(cause) })
    }
  }

  /** A link may lead to a candidate that the list does not hold. */
  async function bring(id: string): Promise<void> {
    try {
      const item = await get('/queue/{id}', { path: { id } })
      details.known.set(id, { item })
      dispatch({ type: 'bring', candidates: [item.candidate] })
      dispatch({ type: 'open', id })
    } catch (cause) {
      failed(cause)
    }
  }

  async function more(): Promise<void> {
    if (!state.value.next || state.value.phase !== 'ready') return
    const mine = (reading = new AbortController())
    const cursor = state.value.next
    dispatch({ type: 'more' })
    try {
      const query = { ...o.query.value, limit: pageSize, cursor }
      const page = await get('/queue', { query, signal: mine.signal })
      if (reading === mine) dispatch({ type: 'page', page })
    } catch (cause) {
      if (reading === mine) dispatch({ type: 'failed', error: asApiError(cause) })
    }
  }

  /** Tells the list how far it is seen. */
  const seen = (last: number): void => void (wantsMore(state.value, last) && more())

  async function decide(choice: Choice, ids: readonly string[] = [state.value.cursor]): Promise<void> {
    const mine = ids.filter((id) => decidable(find(state.value, id)) && !state.value.sending.has(id))
    if (!o.works || !mine.length) return
    dispatch({ type: 'decide', ids: mine, choice })
    for (const id of mine) {
      lease.decided(id)
      own.add(id)
    }
    await (mine.length === 1 ? after(mine[0]!, () => sendOne(mine[0]!, choice)) : sendMany(mine, choice))
    recount()
  }

  /** Its history has a line more. What is not looked at is read when it is. */
  function refresh(id: string): void {
    if (id === state.value.cursor) void details.again(id)
    else if (find(state.value, id)) details.forget(id)
  }

  async function sendOne(id: string, body: Choice): Promise<void> {
    try {
      dispatch({ type: 'decided', candidate: await post('/queue/{id}/decision', { path: { id }, body }) })
    } catch (cause) {
      const { message, code } = asApiError(cause)
      dispatch({ type: 'refused', id, text: message, gone: code === 'not_found' })
      // Somebody else was faster: what the candidate is now stands in the next answer.
      if (code === 'conflict') void reread(id)
    }
    refresh(id)
  }

  async function sendMany(ids: readonly string[], choice: Choice): Promise<void> {
    try {
      const { items } = await post('/queue/decisions', {
        body: { items: ids.map((id) => ({ id, ...choice })) },
      })
      for (const r of items)
        if (r.candidate) dispatch({ type: 'decided', candidate: r.candidate })
        else dispatch({ type: 'refused', id: r.id, text: r.error?.message ?? '没有保存，请重试' })
    } catch (cause) {
      for (const id of ids) dispatch({ type: 'refused', id, text: asApiError(cause).message })
    }
    ids.forEach(refresh)
  }

  /** Takes decisions back; without ids the latest one. */
  async function undo(ids?: readonly string[]): Promise<void> {
    const latest =
      [...state.value.sending.keys()].pop() ?? state.value.done[state.value.done.length - 1]?.before.id
    for (const id of ids ?? (latest ? [latest] : []))
      await after(id, async () => {
        dispatch({ type: 'undo', id })
        own.add(id)
        if (!state.value.undoing.has(id)) return
        try {
          dispatch({ type: 'undone', candidate: await post('/queue/{id}/undo', { path: { id } }) })
          refresh(id)
        } catch (cause) {
          const error = asApiError(cause)
          dispatch({ type: 'undoRefused', id, text: error.message, final: !error.temporary })
        }
      })
    recount()
  }

  /** What became of a candidate that somebody else touched. */
  async function reread(id: string): Promise<void> {
    const before = find(state.value, id)
    try {
      const item = await get('/queue/{id}', { path: { id } })
      const c = item.candidate
      if (before && decidable(before) && c.decider && !decidable(c) && !state.value.sending.has(id))
        dispatch({ type: 'gone', id, text: `${c.decider}已处理「${c.need}」（${c.state_label}）` })
      dispatch({ type: 'changed', candidate: c })
      if (details.known.has(id)) details.known.set(id, { item })
      // Whoever looked at it has left it.
      if (state.value.lease?.id === id && state.value.lease.taken && !c.lease) lease.now()
    } catch (cause) {
      if (asApiError(cause).code === 'not_found') dispatch({ type: 'gone', id })
    }
  }

  const lease = newLease(
    {
      take: async (id) => {
        own.add(id)
        dispatch({ type: 'changed', candidate: await post('/queue/{id}/lease', { path: { id } }) })
      },
      release: (id) => {
        own.add(id)
        return del('/queue/{id}/lease', { path: { id } })
      },
      held: (id) => dispatch({ type: 'leased', id }),
      taken: (id, cause) => {
        const { code, message } = asApiError(cause)
        own.drop(id)
        if (code === 'conflict') dispatch({ type: 'taken', id, text: message })
      },
      released: () => dispatch({ type: 'released' }),
    },
    () => leaseMinutes * 60_000,
  )

  const { news, stale, seenAll } = useNews({
    state,
    query: o.query,
    echo: (id) => own.has(id) || state.value.sending.has(id) || state.value.undoing.has(id),
    reread: (id) => void reread(id),
  })

  watch(o.query, (now, old) => void (JSON.stringify(now) !== JSON.stringify(old) && load(true)), {
    deep: true,
  })
  watch(
    () => wanted(state.value).join(),
    (ids) => details.want(ids ? ids.split(',') : []),
  )
  watch(state, (s) => void (wantsMore(s) && more()))
  watch(
    () => (o.works && o.looking.value && decidable(here.value) ? state.value.cursor : ''),
    (id) => lease.look(id),
  )
  if (o.works)
    void get('/queue/rules').then(
      (r) => (leaseMinutes = r.rules.lease_minutes),
      () => undefined,
    )
  void load(true)
  onScopeDispose(() => {
    reading?.abort()
    lease.look('')
    details.stop()
  })

  return { state, dispatch, here, details, news, stale, load, more, seen, decide, undo, reread, lease, bring }
}
