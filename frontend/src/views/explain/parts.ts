// The parts of one score as rows of a table with bars along one axis. Scores are shown out of a hundred.

import type { ScorePart } from '@/api/model'

export interface PartRow {
  name: string
  label: string
  /** How far the feature goes, "70%"; "" for the start, which is the same for all pairs. */
  value: string
  weight: string
  /** "+17.0", "−0.4", "0.0". */
  points: string
  negative: boolean
  /** Where the bar begins and how long it is, in per cent of the axis. */
  from: number
  length: number
}

export const basePart = 'base'
/** What forms' fields say, not texts: these can take points away. */
const isFact = (name: string): boolean => name.startsWith('fact_')

/** A score or points of it out of a hundred, with one decimal. */
export const hundred = (points: number): string => (Math.abs(points) * 100).toFixed(1)

export function signed(points: number): string {
  const text = hundred(points)
  return text === '0.0' ? text : (points < 0 ? '−' : '+') + text
}

/** Texts before facts, each the strongest first; the axis has room for the longest bar on either side. */
export function partRows(parts: readonly ScorePart[]): PartRow[] {
  const low = Math.min(0, ...parts.map((p) => p.points))
  const high = Math.max(0, ...parts.map((p) => p.points))
  const axis = high - low || 1
  const place = (p: ScorePart): number => (p.name === basePart ? 0 : isFact(p.name) ? 2 : 1)
  return [...parts]
    .sort((a, b) => place(a) - place(b) || b.points - a.points)
    .map((p) => ({
      name: p.name,
      label: p.name === basePart ? '起点（没有任何共同之处）' : p.label,
      value: p.name === basePart ? '' : `${Math.round(p.value * 100)}%`,
      weight: p.name === basePart ? '' : p.weight.toFixed(2),
      points: signed(p.points),
      negative: p.points < 0 && hundred(p.points) !== '0.0',
      from: ((Math.min(p.points, 0) - low) / axis) * 100,
      length: (Math.abs(p.points) / axis) * 100,
    }))
}
