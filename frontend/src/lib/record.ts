// Reading needs and achievements without regard to their side.

import type { Achievement, AnyRecord, Need } from '@/api/model'
import type { Codes } from './codes'
import { trl } from './format'

export function isNeed(r: AnyRecord): r is Need {
  return r.id.startsWith('n_')
}

/** "TRL 6 正样级", else the everyday stage "通过中试"; for a need the least it asks for; "" when not stated. */
export function readiness(r: AnyRecord, codes: Pick<Codes, 'label'>): string {
  if (isNeed(r)) return r.min_trl ? `要求 ${trl(r.min_trl, codes.label('trl', String(r.min_trl)))}及以上` : ''
  const a = r as Achievement
  if (a.trl) return trl(a.trl, codes.label('trl', String(a.trl)))
  return codes.label('maturity', a.maturity)
}

/** The beginning of what the record says, for lists without a query. */
export function lead(r: AnyRecord): string {
  const text = isNeed(r)
    ? r.problem || r.background
    : (r as Achievement).abstract || (r as Achievement).innovations
  return [...(text ?? '')].slice(0, 140).join('')
}
