// The list behind a figure: where its rows lead, and what its details may be.

import type { Schemas } from '@/api/model'
import type { Codes } from '@/lib/codes'
import type { Option } from '@/list/types'
import { shift, monthOf } from './period'
import { unitOf, words } from './cockpit'

export type Fact = Schemas['Fact']

/** The page of what a fact is about. */
export function factTo(f: Fact): string | undefined {
  const { type, id } = f.object
  switch (type) {
    case 'need':
      return `/needs/${id}`
    case 'achievement':
      return `/achievements/${id}`
    case 'introduction':
      return `/introductions/${id}`
    case 'deal':
      return `/deals/${id}`
    case 'candidate':
      return f.need_id ? `/needs/${f.need_id}` : undefined
  }
  return undefined
}

export const objectLabels: Record<string, string> = {
  need: '需求',
  achievement: '成果',
  introduction: '对接',
  deal: '项目',
  candidate: '候选',
}

export const factValue = (f: Fact): string => words(f.value, f.indicator, unitOf(f.indicator))

/** Which code list divides an indicator. */
export const detailLists: Record<string, string> = {
  declined: 'rejection',
  stage_entered: 'deal_stage',
  stage_hours: 'deal_stage',
  deals_ended: 'deal_exit',
}

/** What an indicator may be narrowed to. */
export function detailOptions(indicators: readonly string[], codes: Pick<Codes, 'options'>): Option[] {
  return indicators.flatMap((i) => {
    if (i === 'decisions')
      return [
        { value: 'accept', label: '采纳' },
        ...codes
          .options('rejection')
          .map((r) => ({ value: `reject:${r.value}`, label: `不采纳：${r.label}` })),
      ]
    if (i === 'answers')
      return [
        { value: 'interested', label: '有意向' },
        { value: 'declined', label: '无意向' },
      ]
    const list = detailLists[i]
    return list ? codes.options(list) : []
  })
}

/** Months to choose from: five years, and what comes. */
export function monthOptions(now: Date): Option[] {
  return Array.from({ length: 73 }, (_, i) => shift(monthOf(now), 12 - i)).map((m) => ({
    value: m,
    label: m,
  }))
}
