// Asking for an introduction (对接申请), and what has become of the pairs of one's own record so far.

import { computed } from 'vue'
import type { Schemas } from '@/api/model'
import { del, get, post } from '@/api/typed'
import { lastDay } from '@/lib/beijing'
import type { Kind } from '@/lib/filter'
import { date } from '@/lib/format'
import { useLoad } from '@/lib/load'
import { useLive } from '@/live'

export type Shown = Schemas['Shown']

/** A need and an achievement, by their ids. */
export interface Pair {
  need_id: string
  achievement_id: string
}

export const pairOf = (own: Kind, ownId: string, otherId: string): Pair =>
  own === 'need' ? { need_id: ownId, achievement_id: otherId } : { need_id: otherId, achievement_id: ownId }

/** Pages of a record's pairs that are read, of 100 each; what was asked for can be older than the newest hundred. */
const mostPages = 5

async function shownOf(record: string, signal: AbortSignal): Promise<Shown[]> {
  const items: Shown[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages && (!page || cursor); page++) {
    const found = await get('/mine/shown', { query: { record, limit: 100, cursor }, signal })
    items.push(...found.items)
    cursor = found.next
  }
  return items
}

/** What became of the record's pairs, by the other record's id. Others' wishes are not among them. */
export function useStandings(id: () => string) {
  const load = useLoad(async (signal) => {
    const record = id()
    const items = record ? await shownOf(record, signal) : []
    return { record, of: new Map(items.flatMap((s) => (s.other_id ? [[s.other_id, s] as const] : []))) }
  })
  useLive(['queue', 'introduction'], load.run)
  /** undefined while what is known is another record's. */
  const known = computed(() => (load.data.value?.record === id() ? load.data.value.of : undefined))
  return { load, known, of: (other: string): Shown | undefined => known.value?.get(other) }
}

/** Whether a broker may be asked, as far as the page can know; the server has the last word. */
export function askable(s: Shown | undefined): boolean {
  if (!s || s.outcome === 'gone') return true
  return s.outcome === 'rejected' || (s.outcome === 'waiting' && !s.wished_at)
}

/** Where the pair stands, in a sentence; '' where nothing is to be said. */
export function standing(s: Shown | undefined): string {
  if (!s) return ''
  if (s.outcome === 'waiting')
    return s.wished_at
      ? `已申请对接，${s.broker_name ? `${s.broker_name}正在判断` : '等待分派技术经理人'}`
      : ''
  if (s.outcome === 'rejected') return `技术经理人判断暂不合适${s.reason_label ? `：${s.reason_label}` : ''}`
  return s.outcome_label
}

export const ask = (pair: Pair, note: string): Promise<Schemas['WishMade']> =>
  post('/mine/wishes', { body: { ...pair, note } })

/** Answers with what was said, so that it can be asked once more. */
export const takeBack = (pair: Pair): Promise<Schemas['WishDropped']> =>
  del('/mine/wishes/{need}/{achievement}', { path: { need: pair.need_id, achievement: pair.achievement_id } })

/** What the button says; who never asked does not ask again. */
export const askLabel = (s: Shown | undefined): string =>
  s?.outcome === 'rejected' && s.wished_at ? '再次申请对接' : '申请对接'

/** What is said after asking; a day that has passed is no promise. */
export function asked(m: Schemas['WishMade'], now = Date.now()): string {
  if (!m.broker_name) return '已申请对接，等待分派技术经理人'
  const late = Date.parse(m.due_at) <= now
  return `已转给技术经理人${m.broker_name}${late ? '' : `，${date(lastDay(m.due_at))}前答复`}`
}
