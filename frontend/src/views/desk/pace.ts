// Figures of the desk made ready to draw and to read.

import type { Schemas } from '@/api/model'

export type Pace = Schemas['QueuePace']
export type Agreement = Schemas['Agreement']

export interface AgeBar {
  label: string
  count: number
  /** Of the longest bar, 0–100. */
  width: number
  tone: 'fresh' | 'due' | 'late'
  /** The filter that lists those who waited at least so long. */
  waiting: number
}

/** "当天", "1～2 天", …, "30 天以上". */
export function ageBars(pace: Pick<Pace, 'ages' | 'age_days'>): AgeBar[] {
  const most = Math.max(1, ...pace.ages)
  return pace.ages.map((count, i) => {
    const from = i === 0 ? 0 : (pace.age_days[i - 1] ?? 0)
    const until = pace.age_days[i]
    return {
      label: ageLabel(from, until),
      count,
      width: (count / most) * 100,
      tone: from >= 7 ? 'late' : from >= 3 ? 'due' : 'fresh',
      waiting: from,
    }
  })
}

function ageLabel(from: number, until: number | undefined): string {
  if (until === undefined) return `${from} 天以上`
  if (from === 0 && until === 1) return '不到 1 天'
  return until - from === 1 ? `${from} 天` : `${from}～${until - 1} 天`
}

export interface DayBar {
  day: string
  accepted: number
  rejected: number
  deferred: number
  total: number
  /** Of the highest day, 0–100. */
  height: number
}

export function dayBars(pace: Pick<Pace, 'days'>): DayBar[] {
  const totals = pace.days.map((d) => d.accepted + d.rejected + d.deferred)
  const most = Math.max(1, ...totals)
  return pace.days.map((d, i) => ({ ...d, total: totals[i] ?? 0, height: ((totals[i] ?? 0) / most) * 100 }))
}

/** The share of decisions in time, in whole percent; undefined without decisions. */
export function inTime(p: Pick<Pace, 'in_time' | 'late'>): number | undefined {
  const all = p.in_time + p.late
  return all ? Math.round((p.in_time / all) * 100) : undefined
}

export function duration(hours: number): string {
  if (!hours) return '—'
  if (hours < 1) return '不到 1 小时'
  return hours < 48 ? `${Math.round(hours)} 小时` : `${Math.round(hours / 24)} 天`
}

/** Fewer pairs than this say little. */
const enoughPairs = 20

/** What κ means, after Landis and Koch, Biometrics 33 (1977). */
export function agreementWords(a: Pick<Agreement, 'kappa' | 'pairs'>): string {
  if (a.kappa === undefined) return '还算不出：样本太少，或判断全部相同'
  const k = a.kappa
  const word = k > 0.8 ? '几乎一致' : k > 0.6 ? '比较一致' : k > 0.4 ? '一般' : k > 0.2 ? '较低' : '很低'
  return a.pairs < enoughPairs ? `${word}（样本少，仅供参考）` : word
}

/** How full a queue is, 0–100, and whether that is a reason to act. */
export function filling(
  undecided: number,
  capacity: number,
): { percent: number; tone: 'fresh' | 'due' | 'late' } {
  const percent = capacity ? Math.round((undecided / capacity) * 100) : 0
  return { percent: Math.min(100, percent), tone: percent >= 100 ? 'late' : percent >= 80 ? 'due' : 'fresh' }
}
