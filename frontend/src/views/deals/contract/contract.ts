// The contract as a form: its parts, an empty one made of the deal, and what is sent.

import type { Schemas } from '@/api/model'
import type { DealDetail } from '../stages'

export type Contract = Schemas['Contract']
export type ContractAnswer = Schemas['ContractAnswer']
export type Party = Schemas['ContractParty']

export const china = '156'

export interface Part {
  key: string
  label: string
  /** The fields of the part; of a party all that begin with its name. */
  fields: readonly string[]
}

export const parts: readonly Part[] = [
  {
    key: 'what',
    label: '合同',
    fields: ['project', 'type', 'signed_on', 'valid_from', 'valid_until', 'summary'],
  },
  { key: 'seller', label: '卖方（技术提供方）', fields: ['seller'] },
  { key: 'buyer', label: '买方（技术接受方）', fields: ['buyer'] },
  { key: 'money', label: '金额与支付', fields: ['total', 'trade', 'payment_mode', 'related_party'] },
  {
    key: 'class',
    label: '知识产权与分类',
    fields: ['plan_source', 'ips', 'field', 'objective', 'industry', 'secrecy'],
  },
]

/** The part in which a field of the server's errors stands. */
export function partOf(field: string): number {
  const name = field.split('.')[0] ?? ''
  const at = parts.findIndex((p) => p.fields.includes(name))
  return at < 0 ? 0 : at
}

/** A first contract, with what the deal already says. */
export function emptyContract(d: DealDetail): Contract {
  const party = (o: DealDetail['buyer'], region: string | undefined): Party => ({
    name: o.name ?? '',
    credit_code: o.credit_code ?? '',
    country: china,
    region: region ?? '',
  })
  return {
    version: 0,
    project: d.title,
    type: '',
    signed_on: '',
    seller: party(d.seller, d.seller_region),
    buyer: party(d.buyer, d.buyer_region),
    total: 0,
    trade: 0,
  }
}

/** What is read carries more than what may be written. */
export function writable(answer: ContractAnswer): Contract {
  const { missing, warnings, ...contract } = answer
  return contract
}

/** Empty texts and lists are left out, as if they had never been touched. */
export function sent(c: Contract): Contract {
  const slim = <T extends object>(o: T): T =>
    Object.fromEntries(
      Object.entries(o).filter(([, v]) => v !== '' && v !== false && !(Array.isArray(v) && !v.length)),
    ) as T
  return {
    ...slim(c),
    project: c.project.trim(),
    type: c.type,
    signed_on: c.signed_on,
    seller: { ...slim(c.seller), name: c.seller.name.trim() },
    buyer: { ...slim(c.buyer), name: c.buyer.name.trim() },
    total: c.total,
    trade: c.trade,
  }
}

/** To be changed without changing what was read. */
export const copied = (c: Contract): Contract => JSON.parse(JSON.stringify(c)) as Contract
