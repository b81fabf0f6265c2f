// Who did something for a deal, in words: lists carry ids, and nobody is shown an id.

import type { Schemas } from '@/api/model'
import { session } from '@/session'

type Sides = Pick<Schemas['Deal'], 'broker' | 'broker_name' | 'buyer' | 'seller'>

export function personName(d: Sides, user: string | undefined): string {
  if (!user) return '系统'
  if (user === session.user?.id) return '我'
  if (user === d.broker) return d.broker_name || '技术经理人'
  return '主管部门'
}

/** Who wrote a note: a party's name, the broker, or the bureau. */
export function noteAuthor(d: Sides, n: Schemas['DealNote']): string {
  if (n.author && n.author === session.user?.id) return '我'
  if (n.organisation === d.buyer.id) return d.buyer.name ?? '需求方'
  if (n.organisation === d.seller.id) return d.seller.name ?? '成果方'
  if (n.author && n.author === d.broker) return `技术经理人 ${d.broker_name ?? ''}`.trim()
  return n.author ? '主管部门' : '技术经理人'
}
