// The numbers beside the entries of the menu: what waits for this person. Read at sign-in and when something changed.

import { reactive, watch } from 'vue'
import { get } from '@/api/typed'
import { today } from '@/lib/beijing'
import { debounced } from '@/lib/ime'
import { useLive, type LiveEvent, type Topic } from '@/live'
import type { MenuItem } from '@/menu'
import { admitted, may } from '@/session'

export type CountName = NonNullable<MenuItem['count']>

export const counts = reactive<Partial<Record<CountName, number>>>({})

interface Source {
  /** Whether this person has such a number. */
  wanted: () => boolean
  /** The events after which it may be another. */
  topics: readonly Topic[]
  read: () => Promise<number>
}

const sources: Record<CountName, Source> = {
  inbox: { wanted: () => true, topics: ['inbox'], read: async () => (await get('/inbox/count')).unread },
  reviews: {
    wanted: () => may('record.review'),
    topics: ['review'],
    read: async () => (await get('/reviews', { query: { limit: 1 } })).total,
  },
  signups: {
    wanted: () => may('organisation.review'),
    topics: ['signup'],
    read: async () => (await get('/signups', { query: { state: 'pending', limit: 1 } })).total,
  },
  queue: {
    wanted: () => may('queue.work'),
    topics: ['queue'],
    read: async () => (await get('/queue', { query: { state: 'open', limit: 1 } })).total,
  },
  opinions: {
    wanted: () => may('queue.work'),
    topics: ['queue'],
    read: async () => (await get('/queue/opinions')).items.length,
  },
  questions: {
    wanted: () => may('introduction.answer'),
    // A question comes with a message, and goes with the record that it is about.
    topics: ['inbox', 'record'],
    read: async () => (await get('/questions', { query: { state: 'open', limit: 1 } })).total,
  },
  introductions: {
    wanted: () => may('introduction.read'),
    topics: ['introduction'],
    read: async () =>
      (
        await get('/introductions', {
          query: may('introduction.answer') ? { awaiting: true, limit: 1 } : { overdue: true, limit: 1 },
        })
      ).total,
  },
  tasks: {
    wanted: () => may('deal.work'),
    topics: ['deal'],
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
const followed = [...new Set(every.flatMap((n) => sources[n].topics))]

/** The numbers that an event may have changed: all, when events were lost. */
const changedBy = (e: LiveEvent | undefined): CountName[] =>
  e ? every.filter((n) => sources[n].topics.includes(e.topic)) : every

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
  const stale = new Set<CountName>()
  const again = debounced(() => {
    void read([...stale])
    stale.clear()
  }, 1000)
  useLive(followed, (e) => {
    for (const n of changedBy(e)) stale.add(n)
    again()
  })
}

export const refreshCounts = (...names: CountName[]): void => void read(names.length ? names : every)
