// Sums of contracts, in 万元 with two decimals so that they stand under each other.

import type { Schemas } from '@/api/model'

export type Sum = Schemas['IncomeSum']

/** 分 as 万元: 260,000,000 → "260.00". */
export const wan = (fen: number): string =>
  (fen / 1_000_000).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** The part of a sum that a share in per cent is, in 分, rounded to the 分. */
export const partOf = (fen: number, percent: number): number => Math.round((fen * percent) / 100)

/** A share as typed: a number from 0 to 100; undefined otherwise. */
export function readShare(text: string): number | undefined {
  const n = Number(text.trim())
  return text.trim() !== '' && Number.isFinite(n) && n >= 0 && n <= 100 ? n : undefined
}

/** The share of a total in per cent, "—" of nothing. */
export const percentOf = (part: number, whole: number): string =>
  whole > 0 ? `${((part / whole) * 100).toFixed(1)}%` : '—'
