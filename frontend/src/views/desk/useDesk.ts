// What a person does at the desk: decide, open panels, compare, undo. Mouse and keyboard lead here alike.

import { computed, ref, shallowRef, watch } from 'vue'
import { get } from '@/api/typed'
import { useCodes } from '@/lib/codes'
import { date } from '@/lib/format'
import { may, session } from '@/session'
import type { Tab } from './PairDesk.vue'
import { decidable, rivals, wanted } from './queue'
import { find, stateAfter, stateLabels, type Candidate, type Choice } from './queuelist'
import type { QueueAddress } from './useQueueAddress'
import { useQueue } from './useQueue'

export type Panel = '' | 'reject' | 'defer' | 'ask' | 'hand'

export function useDesk(place: QueueAddress) {
  const codes = useCodes()
  const works = may('queue.work')
  const manages = may('queue.manage')
  const me = session.user?.id
  const looking = computed(() => place.wide.value || !!place.named.value)
  const queue = useQueue({ query: place.query, works, looking, open: () => place.named.value })
  const { state, here, details } = queue
  const panel = ref<Panel>('')
  const tab = ref<Tab>('why')
  const more = ref(false)
  const comparing = shallowRef<readonly Candidate[]>()
  const brokers = shallowRef<Awaited<ReturnType<typeof readBrokers>>>()
  const readBrokers = async () => (await get('/queue/brokers')).items
  if (manages)
    void readBrokers().then(
      (b) => (brokers.value = b),
      () => undefined,
    )
  codes.items('rejection') // asked for with the page: R and its digit are pressed faster than a list comes
  const open = computed(() => decidable(here.value))

  watch(
    () => state.value.cursor,
    (id) => {
      panel.value = ''
      place.follow(id)
    },
  )
  // A click, the browser's back, or a link.
  watch(place.named, (id) => {
    if (!id) return
    if (find(state.value, id)) queue.dispatch({ type: 'open', id })
    else if (state.value.phase === 'ready') void queue.bring(id)
  })

  const said = ref<{ text: string; ids: readonly string[] }>({ text: '', ids: [] })
  /** Says what was decided, with the way back. */
  function tell(choice: Choice, ids: readonly string[]): void {
    const verb = { accept: '已采纳', reject: '已记为不采纳', defer: '已暂缓' }[choice.verb]
    const why = choice.reason ? `（${codes.label('rejection', choice.reason)}）` : ''
    const until = choice.until ? `到 ${date(choice.until)}` : ''
    const what = ids.length > 1 ? `${ids.length} 条` : `「${find(state.value, ids[0]!)?.need ?? ''}」`
    said.value = { text: verb + until + why + what, ids }
  }
  /** Takes back what was said last, or any earlier decision. */
  async function undo(ids?: readonly string[]): Promise<void> {
    if (!ids && !state.value.done.length && !state.value.sending.size) {
      said.value = { text: '没有可以撤销的决定', ids: [] }
      return
    }
    const before = state.value.failures.length
    await queue.undo(ids)
    if (state.value.failures.length === before)
      said.value = { text: ids && ids.length > 1 ? `已撤销 ${ids.length} 条` : '已撤销', ids: [] }
  }
  const canUndo = computed(() =>
    said.value.ids.some(
      (id) => state.value.sending.has(id) || state.value.done.some((d) => d.before.id === id),
    ),
  )

  async function decide(choice: Choice, ids?: readonly string[]): Promise<void> {
    const meant = (ids ?? [state.value.cursor]).filter((id) => decidable(find(state.value, id)))
    if (!meant.length || !works) return
    panel.value = ''
    const lease = state.value.lease
    if (lease?.taken && meant.length === 1 && meant[0] === lease.id)
      return queue.dispatch({ type: 'refused', id: lease.id, text: lease.taken })
    tell(choice, meant)
    await queue.decide(choice, meant)
  }

  /** The panels work on what is selected, else on what is shown. */
  const targets = (): readonly string[] =>
    state.value.selected.size ? [...state.value.selected] : [state.value.cursor]

  const compare = (): void => {
    if (here.value && !place.comparing.value) place.compare()
  }
  async function beginComparison(): Promise<void> {
    const c = here.value
    if (!c) return
    panel.value = ''
    comparing.value = rivals(state.value)
    const same = comparing.value.filter((o) => o.need_id === c.need_id).length
    if (same < 3) {
      const query = { need: c.need_id, state: 'open,asked,deferred', sort: 'score' as const, limit: 10 }
      const others = await get('/queue', { query }).then(
        (p) => p.items,
        () => [],
      )
      if (here.value?.id !== c.id || !comparing.value) return
      comparing.value = rivals(state.value, others)
      queue.dispatch({ type: 'bring', candidates: comparing.value })
    }
    details.want([...comparing.value.map((o) => o.id), ...wanted(state.value)])
  }
  /** The compared ones as they are now, though the list may have let them go. */
  const compared = computed(() =>
    comparing.value?.map((c): Candidate => {
      const made = state.value.sending.get(c.id) ?? state.value.done.find((d) => d.before.id === c.id)
      const now = find(state.value, c.id)
      if (now || !made) return now ?? c
      const after = stateAfter[made.choice.verb]
      return { ...c, state: after, state_label: stateLabels[after] }
    }),
  )
  function endComparison(): void {
    comparing.value = undefined
    details.want(wanted(state.value))
  }
  // The address says whether candidates are compared.
  watch(
    () => place.comparing.value && state.value.phase !== 'first' && !!here.value,
    (on) => {
      if (on && !comparing.value) void beginComparison()
      else if (!place.comparing.value && comparing.value) endComparison()
    },
    { immediate: true },
  )

  const ofNeed = (need: string): Candidate[] =>
    state.value.items.filter((c) => c.need_id === need && decidable(c))

  return {
    queue,
    works,
    hands: works || manages,
    me,
    panel,
    tab,
    more,
    open,
    brokers,
    compared,
    decide,
    undo,
    said,
    canUndo,
    targets,
    compare,
    endComparison: place.endComparison,
    ofNeed,
    selectNeed: (need: string) => queue.dispatch({ type: 'select', ids: ofNeed(need).map((c) => c.id) }),
    show: (c: Candidate) => {
      queue.dispatch({ type: 'bring', candidates: [c] })
      place.open(c.id)
      tab.value = 'why'
    },
    openFull: () => void (tab.value = tab.value === 'texts' ? 'why' : 'texts'),
    /** Where one stands in the list. */
    position: computed(() => {
      const i = state.value.items.findIndex((c) => c.id === state.value.cursor)
      return i < 0 ? '' : `第 ${i + 1} 条，共 ${state.value.total} 条`
    }),
    emptyTitle: computed(() =>
      place.narrowed.value ? '没有符合条件的候选' : works ? '现在没有等待处理的候选' : '现在没有这样的候选',
    ),
  }
}

export type Desk = ReturnType<typeof useDesk>
