// Where the figures of the workbench come from: a handful of counts for each role, never a list.

import { get } from '@/api/typed'
import { addDays, today } from '@/lib/beijing'
import { may, role, session } from '@/session'
import {
  answerDuties,
  deskDuties,
  overdueDuty,
  queueDuties,
  recordDuties,
  securityDuties,
  systemDuties,
  taskDuty,
  type Duty,
} from './duties'

type Signal = AbortSignal
const one = { limit: 1 } as const

async function own(kind: 'need' | 'achievement', signal: Signal): Promise<Duty[]> {
  const [records, introductions] = await Promise.all([
    get('/mine/records', { query: { kind, ...one }, signal }),
    get('/introductions/counts', { signal }),
  ])
  return [...answerDuties(introductions), ...recordDuties(kind, records.count)]
}

async function tasks(signal: Signal): Promise<Duty> {
  const day = today()
  const until = (due_until: string) =>
    get('/tasks', { query: { state: 'open', mine: true, due_until, ...one }, signal })
  const [due, late] = await Promise.all([until(day), until(addDays(day, -1))])
  return taskDuty(due.total, late.total)
}

async function broker(signal: Signal): Promise<Duty[]> {
  const [load, introductions, due] = await Promise.all([
    get('/queue/load', { signal }),
    get('/introductions/counts', { signal }),
    tasks(signal),
  ])
  const mine = load.items.find((l) => l.broker === session.user?.id)
  return [...queueDuties(mine), due, overdueDuty(introductions)]
}

async function operator(signal: Signal): Promise<Duty[]> {
  const [reviews, signups, subsidies, ageing, introductions] = await Promise.all([
    get('/reviews', { query: one, signal }),
    get('/signups', { query: { state: 'pending', ...one }, signal }),
    get('/subsidies', { query: { state: 'applied', ...one }, signal }),
    get('/statistics/ageing', { signal }),
    get('/introductions/counts', { signal }),
  ])
  const waiting = { reviews: reviews.total, signups: signups.total, subsidies: subsidies.total }
  return [...deskDuties(waiting, ageing.items), overdueDuty(introductions)]
}

async function system(signal: Signal): Promise<Duty[]> {
  const [jobs, dead] = await Promise.all([
    get('/job-counts', { signal }),
    get('/outbox', { query: { states: ['dead'], ...one }, signal }),
  ])
  return systemDuties(jobs, dead.total)
}

async function security(signal: Signal): Promise<Duty[]> {
  const users = (state: 'locked' | 'pending') => get('/users', { query: { state, ...one }, signal })
  const [locked, pending] = await Promise.all([users('locked'), users('pending')])
  return securityDuties(locked.total, pending.total)
}

/** What waits for whoever is signed in. */
export async function readDuties(signal: Signal): Promise<Duty[]> {
  switch (role.value) {
    case 'enterprise':
      return own('need', signal)
    case 'university':
      return own('achievement', signal)
    case 'broker':
      return broker(signal)
    case 'operator':
      return operator(signal)
    case 'system_admin':
      return system(signal)
    case 'security_admin':
      return security(signal)
    default:
      return []
  }
}

/** The year's figures that have a target, for those who may read them. */
export const readTargets = async (signal: Signal) =>
  may('statistics.read') ? (await get('/statistics/overview', { signal })).cards.filter((c) => c.target) : []
