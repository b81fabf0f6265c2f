// The stages of a deal: the ladder, what the next one needs, how long a deal has stood, and how a card may be moved. The
// server decides; what is said here only spares a refused request.

import type { Schemas } from '@/api/model'

export type Deal = Schemas['Deal']
export type DealDetail = Schemas['DealDetail']
export type Stage = Deal['stage']
export type Verb = 'advance' | 'back' | 'pause' | 'return' | 'resume' | 'end'

export const stages: readonly Stage[] = [
  'intake',
  'diagnosis',
  'recommend',
  'interest',
  'talks',
  'visit',
  'trial',
  'negotiation',
  'signed',
  'registered',
  'performing',
  'closed',
]

export const rank = (s: Stage): number => stages.indexOf(s)
export const later = (s: Stage): readonly Stage[] => stages.slice(rank(s) + 1)

/** The stages that the deal may go back to, the nearest first: not before the contract that is registered or paid on. */
export function earlier(d: Pick<Deal, 'stage' | 'received' | 'registration'>): readonly Stage[] {
  const first = d.received || d.registration ? rank('signed') : 0
  return stages.slice(first, Math.max(first, rank(d.stage))).reverse()
}

/** Days in a stage after which a deal should be looked at, and after which it has been forgotten. */
const dueAfter = 14
const lateAfter = 30

export type Age = 'fresh' | 'due' | 'late'

/** Performing a contract takes its time: only what is before it ages. */
export function ageOf(stage: Stage, days: number): Age {
  if (stage === 'performing' || stage === 'closed') return 'fresh'
  return days > lateAfter ? 'late' : days > dueAfter ? 'due' : 'fresh'
}

export interface Step {
  stage: Stage
  state: 'done' | 'now' | 'skipped' | 'before' | 'ahead'
  /** When the deal last came to the stage. */
  at?: string
}

/** All stages with the day on which the deal reached each; one that was jumped over, or before which it began, is said to be so. */
export function ladder(d: Pick<DealDetail, 'stage' | 'events'>): Step[] {
  const came = new Map<Stage, string>()
  for (const e of d.events) if (e.from !== e.to) came.set(e.to, e.at)
  const now = rank(d.stage)
  const first = rank(d.events.find((e) => e.act === 'create')?.to ?? 'intake')
  return stages.map((stage, i) => {
    const at = came.get(stage)
    if (i === now) return { stage, state: 'now', at }
    if (i > now) return { stage, state: 'ahead' }
    return at ? { stage, state: 'done', at } : { stage, state: i < first ? 'before' : 'skipped' }
  })
}

export interface Want {
  text: string
  met: boolean
}

/** What must be there before the deal can enter the stage. */
export function wanted(d: DealDetail, to: Stage, missing: number): Want[] {
  const wants: Want[] = []
  if (rank(to) >= rank('signed')) wants.push({ text: '填写技术合同', met: !!d.contract })
  if (to === 'registered') {
    if (!d.registration)
      wants.push({
        text: missing ? `补齐登记表还缺的 ${missing} 项` : '登记表各项已填齐',
        met: !!d.contract && !missing,
      })
    wants.push({ text: '主管部门填写技术合同登记编号', met: !!d.registration })
  }
  if (to === 'closed') {
    wants.push({ text: '填写结题评价', met: false })
    if (d.received < d.total) wants.push({ text: '合同款尚未全部到账，结题时请说明差额的原因', met: false })
  }
  return wants
}

export interface Lack {
  text: string
  /** Where it is done. */
  way: string
  at: { path: string; query?: { tab: string } }
}

/** What keeps the deal from entering a later stage; registers says whether the reader fills in the register's number. */
export function lacking(
  d: Pick<Deal, 'id' | 'total' | 'registration'>,
  to: Stage,
  registers = false,
): Lack | undefined {
  const path = `/deals/${d.id}`
  if (rank(to) >= rank('signed') && !d.total)
    return { text: '先填写技术合同', way: '去填写', at: { path: `${path}/contract` } }
  if (to !== 'registered' || d.registration) return undefined
  const at = { path, query: { tab: 'contract' } }
  return registers
    ? { text: '先填写技术合同登记编号', way: '去填写', at }
    : { text: '由主管部门填写技术合同登记编号', way: '查看登记表还缺什么', at }
}

export interface Plan {
  verb: 'advance' | 'back'
  to: Stage
  /** Whether it can be done at once, and undone; else a few words are needed first. */
  atOnce: boolean
}

type Movable = Pick<Deal, 'id' | 'stage' | 'state' | 'agreed' | 'total' | 'registration'>

/** How a card comes to the column; undefined when it cannot be moved at all. */
export function planMove(d: Movable, to: Stage): Plan | undefined {
  if (d.state !== 'open' || d.stage === to) return undefined
  const steps = rank(to) - rank(d.stage)
  if (steps < 0) return { verb: 'back', to, atOnce: false }
  // The step to 双方意向 opens the deal to both sides, the last one ends it: neither can be taken back.
  const final = to === 'closed' || (!d.agreed && rank(to) >= rank('interest'))
  return { verb: 'advance', to, atOnce: steps === 1 && !final && !lacking(d, to) }
}

export interface Lane {
  stage: Stage
  deals: Deal[]
  count: number
  amount: number
  overdue: number
}

/** The first cards of each stage, the longest in it first, under counts and sums over all. */
export function lanes(columns: readonly Schemas['DealColumn'][]): Lane[] {
  return columns.map(({ stage, count, amount, overdue, deals }) => ({
    stage,
    count,
    amount,
    overdue,
    deals: deals ?? [],
  }))
}

/** Draws a move before the server has said yes. */
export function moved(all: readonly Lane[], deal: Deal, to: Stage, now: Date): Lane[] {
  const amount = deal.total || deal.expected
  return all.map((l) => {
    if (l.stage === deal.stage)
      return {
        ...l,
        count: l.count - 1,
        amount: l.amount - amount,
        deals: l.deals.filter((d) => d.id !== deal.id),
      }
    if (l.stage === to)
      return {
        ...l,
        count: l.count + 1,
        amount: l.amount + amount,
        deals: [...l.deals, { ...deal, stage: to, stage_since: now.toISOString() }],
      }
    return l
  })
}
