// The numbers beside the entries of the menu: what waits for this person. Read at sign-in and when something changed.

import { reactive, watch } from 'vue'
import { get } from '@/api/typed'
import { today } from '@/lib/beijing'
import { debounced } from '@/lib/ime'
import { useLive } from '@/live'
import type { MenuItem } from '@/menu'
import { admitted, may } from '@/session'

export type CountName = NonNullable<MenuItem['count']>

export const counts = reactive<Partial<Record<CountName, number>>>({})

/** How each number is had, and for whom. */
const sources: Record<CountName, { wanted: () => boolean; read: () => Promise<number> }> = {
  inbox: { wanted: () => true, read: async () => (await get('/inbox/count')).unread },
  reviews: {
    wanted: () => may('record.review'),
    read: async () => (await get('/reviews', { query: { limit: 1 } })).total,
  },
  signups: {
    wanted: () => may('organisation.review'),
    read: async () => (await get('/signups', { query: { state: 'pending', limit: 1 } })).total,
  },
  queue: {
    wanted: () => may('queue.work'),
    read: async () => (await get('/queue', { query: { state: 'open', limit: 1 } })).total,
  },
  opinions: {
    wanted: () => may('queue.work'),
    read: async () => (await get('/queue/opinions')).items.length,
  },
  questions: {
    wanted: () => may('introduction.answer'),
    read: async () => (await get('/questions', { query: { state: 'open', limit: 1 } })).total,
  },
  introductions: {
    wanted: () => may('introduction.read'),
    read: async () =>
      (
        await get('/introductions', {
          query: may('introduction.answer') ? { awaiting: true, limit: 1 } : { overdue: true, limit: 1 },
        })
      ).total,
  },
  tasks: {
    wanted: () => may('deal.work'),
    // A broker's are those of all his deals; an operator's region has many, of which his own wait for him.
    read: async () =>
      (
        await get('/tasks', {
          query: {
            state: 'open',
            due_until: today(),
            mine: may('queue.work') ? undefined : true,
            limit: 1,
          },
        })
      ).total,
  },
}

async function read(names: readonly CountName[]): Promise<void> {
  await Promise.all(
    names
      .filter((n) => sources[n].wanted())
      .map(async (n) => {
        // A number that cannot be had is not shown; the page it leads to says why.
        counts[n] = await sources[n].read().catch(() => undefined)
      }),
  )
}

const every = Object.keys(sources) as CountName[]

/** Keeps the numbers while the frame of the page lives. */
export function followCounts(): void {
  watch(
    admitted,
    (user) => {
      for (const n of every) counts[n] = undefined
      if (user) void read(every)
    },
    { immediate: true },
  )
  const again = debounced(() => void read(every), 1000)
  useLive(['inbox', 'review', 'signup', 'queue', 'introduction', 'deal', 'record'], again)
}

export const refreshCounts = (...names: CountName[]): void => void read(names.length ? names : every)
