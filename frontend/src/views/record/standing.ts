// How much of a record its reader sees, and how to say so. What is hidden was left out by the server; here it is only
// told apart from what was never filled in.

import type { AnyRecord } from '@/api/model'
import { isNeed } from '@/lib/record'

export interface Reader {
  /** The organisation of whoever is signed in. */
  organisation?: string
  signedIn: boolean
  /** May have a contact shown in full for a reason. */
  reveals: boolean
}

export interface Standing {
  own: boolean
  detailHidden: boolean
  ownerHidden: boolean
  contact: 'full' | 'masked' | 'none'
}

/** Stands where the owner's name would be; the server writes it (redact.go). */
const hiddenOwner = '（单位名称不公开）'

export function standing(r: AnyRecord, reader: Pick<Reader, 'organisation'>): Standing {
  const own = !!r.owner.id && r.owner.id === reader.organisation
  const outline = r.disclosure === 'summary' || r.disclosure === 'summary_anonymous'
  const c = r.contact
  const lines = [c.mobile, c.phone, c.email].filter((v): v is string => !!v)
  return {
    own,
    detailHidden: outline && !own && !body(r),
    ownerHidden: r.owner.name === hiddenOwner || (!r.owner.name && !own),
    contact: !lines.length && !c.name ? 'none' : lines.some((v) => v.includes('*')) ? 'masked' : 'full',
  }
}

function body(r: AnyRecord): boolean {
  return isNeed(r) ? !!(r.problem || r.background) : !!('abstract' in r && r.abstract)
}

/** What is kept back on this page, a sentence each, and what to do about it. */
export function remarks(s: Standing, reader: Reader): string[] {
  const out: string[] = []
  if (s.own) return out
  if (s.ownerHidden) out.push('单位选择不公开名称，双方都表示有意向后可见。')
  if (s.detailHidden) out.push('单位只公开了摘要，技术细节和指标在双方都表示有意向后可见。')
  if (out.length)
    out.push(
      reader.signedIn
        ? '感兴趣时可以联系技术经理人安排对接。'
        : '登录后，技术经理人可以为您安排对接；没有账号的单位可以申请入驻。',
    )
  return out
}

/** The sentence below a contact that is not shown in full. */
export function contactRemark(s: Standing, reader: Reader): string {
  if (s.contact === 'full') return ''
  if (reader.reveals) return s.contact === 'masked' ? '' : '没有填写联系方式。'
  if (!reader.signedIn) return '登录后可见一部分；双方都表示有意向后，互相提供完整联系方式。'
  if (s.contact === 'masked') return '这里只显示一部分；双方都表示有意向后，互相提供完整联系方式。'
  return s.ownerHidden
    ? '单位名称不公开，联系方式在双方都表示有意向后提供。'
    : '没有公开的联系方式，可以通过技术经理人联系。'
}
