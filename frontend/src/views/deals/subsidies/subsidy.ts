// The ways a subsidy goes: applied, approved, paid, or rejected.

import { post } from '@/api/typed'
import type { Schemas } from '@/api/model'

export type Subsidy = Schemas['Subsidy']
export type SubsidyVerb = 'approve' | 'pay' | 'reject'

export const subsidyVerbs: Record<SubsidyVerb, string> = {
  approve: '批准',
  pay: '登记拨付',
  reject: '不予批准',
}
export const subsidyTone: Record<Subsidy['state'], string> = {
  applied: 'warn',
  approved: 'brand',
  paid: 'ok',
  rejected: '',
}

/** What was paid stays so; the rest can be taken back for a few minutes, by who did it. */
export const canUndo = (verb: SubsidyVerb): boolean => verb !== 'pay'

/** Which of the chosen the verb is for. */
export const fit = <T extends Pick<Subsidy, 'state'>>(all: readonly T[], verb: SubsidyVerb): T[] =>
  all.filter((s) => (s.state === 'applied' ? verb !== 'pay' : s.state === 'approved' && verb !== 'approve'))

export function moveSubsidy(
  s: Subsidy,
  verb: SubsidyVerb,
  words: Omit<Schemas['SubsidyMove'], 'version'>,
): Promise<Subsidy> {
  return post(`/deals/{id}/subsidies/{subsidy}/${verb}`, {
    path: { id: s.deal_id, subsidy: s.id },
    body: { version: s.version, ...words },
  })
}

export function undoSubsidy(s: Subsidy): Promise<Subsidy> {
  return post('/deals/{id}/subsidies/{subsidy}/undo', {
    path: { id: s.deal_id, subsidy: s.id },
    body: { version: s.version },
  })
}
