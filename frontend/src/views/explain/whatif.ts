// What the order of a list would be with other weights, worked out from the parts of the scores alone.
//
// A score is the logistic of a sum: the start and what each part adds, in log odds (docs/ranker.md). The points of a part
// are its share of the way from the start to the score, so that all parts of one pair have one rate of points to log odds,
// and the sum can be had back from them. For a pair between the two regimes of the model this is an approximation, which
// still gives the score itself where nothing is changed.

import type { Match, ScorePart } from '@/api/model'
import { basePart } from './parts'

/** A share of the weight by the part's name, 1 where nothing is changed. */
export type Shares = Readonly<Record<string, number>>

export interface Reranked {
  match: Match
  /** Places from 1, before and after. */
  before: number
  after: number
  /** By how many places it goes up; negative is down. */
  up: number
  score: number
}

/** The parts that have a weight, in the order in which they matter in this list. */
export function sliders(matches: readonly Match[]): { name: string; label: string; mean: number }[] {
  const sums = new Map<string, { label: string; sum: number }>()
  for (const m of matches)
    for (const p of m.parts ?? []) {
      if (p.name === basePart) continue
      const known = sums.get(p.name) ?? { label: p.label, sum: 0 }
      known.sum += Math.abs(p.points)
      sums.set(p.name, known)
    }
  return [...sums]
    .map(([name, { label, sum }]) => ({ name, label, mean: sum / Math.max(1, matches.length) }))
    .sort((a, b) => b.mean - a.mean)
}

/** The list in its new order. Equal scores keep their order. */
export function rerank(matches: readonly Match[], shares: Shares): Reranked[] {
  const rows = matches.map((match, i) => ({
    match,
    before: i + 1,
    score: rescored(match.score, match.parts ?? [], shares),
  }))
  rows.sort((a, b) => b.score - a.score || a.before - b.before)
  return rows.map((r, i) => ({ ...r, after: i + 1, up: r.before - (i + 1) }))
}

/** The score that the parts give with other shares of their weights. */
export function rescored(score: number, parts: readonly ScorePart[], shares: Shares): number {
  const moved = parts.filter((p) => p.name !== basePart && (shares[p.name] ?? 1) !== 1)
  if (!moved.length) return score
  const start = parts.find((p) => p.name === basePart)?.points ?? 0
  const strength = logOdds(score)
  const rise = strength - logOdds(start)
  const rate = Math.abs(rise) < 1e-6 ? score * (1 - score) : (score - start) / rise
  let change = 0
  for (const p of moved) change += ((shares[p.name] ?? 1) - 1) * (p.points / rate)
  return logistic(strength + change)
}

const edge = 1e-9
function logOdds(p: number): number {
  const inside = Math.min(Math.max(p, edge), 1 - edge)
  return Math.log(inside / (1 - inside))
}
const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/** How much the order changes, in words. */
export function summary(rows: readonly Reranked[], first = 10): string {
  const moved = rows.filter((r) => r.up).length
  if (!moved) return '名次没有变化。'
  const entered = rows.filter((r) => r.after <= first && r.before > first).length
  const most = rows.reduce((a, b) => (Math.abs(b.up) > Math.abs(a.up) ? b : a))
  const into = entered ? `，其中 ${entered} 项新进前 ${first}` : `，前 ${first} 名还是原来那些`
  return `${moved} 项的名次变了${into}；变动最大的${most.up > 0 ? '上升' : '下降'} ${Math.abs(most.up)} 位。`
}
