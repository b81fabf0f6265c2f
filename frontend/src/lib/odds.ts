// The probabilities of the four levels, made ready to draw.

import { levelLabels } from './levels'

export interface Odd {
  level: number
  label: string
  /** 0–1. */
  share: number
  percent: string
}

const labels = levelLabels.slice(1)

/** Best level first; percentages are whole and sum to 100. */
export function odds(probabilities: readonly number[]): Odd[] {
  if (probabilities.length !== labels.length) return []
  const whole = rounded(probabilities)
  return labels
    .map((label, i) => ({ level: i + 1, label, share: probabilities[i] ?? 0, percent: `${whole[i]}%` }))
    .reverse()
}

/** Largest remainders: 33.4, 33.3, 33.3 become 34, 33, 33. */
function rounded(shares: readonly number[]): number[] {
  const floors = shares.map((s) => Math.floor(s * 100))
  let left = Math.round(shares.reduce((a, b) => a + b, 0) * 100) - floors.reduce((a, b) => a + b, 0)
  const byRemainder = shares
    .map((s, i) => ({ i, rest: s * 100 - Math.floor(s * 100) }))
    .sort((a, b) => b.rest - a.rest)
  for (const { i } of byRemainder) {
    if (left-- <= 0) break
    floors[i] = (floors[i] ?? 0) + 1
  }
  return floors
}
