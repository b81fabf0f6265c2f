import { describe, expect, it } from 'vitest'
import type { DealDetail } from '../stages'
import { emptyContract, partOf, sent, writable, type ContractAnswer } from './contract'

const deal = {
  title: '项目',
  buyer: { id: 'o_1', name: '甲公司', credit_code: '91' },
  seller: { id: 'o_2', name: '乙大学' },
  buyer_region: '320903',
} as unknown as DealDetail

describe('the contract form', () => {
  it('begins with what the deal says', () => {
    const c = emptyContract(deal)
    expect(c).toMatchObject({
      version: 0,
      project: '项目',
      buyer: { name: '甲公司', region: '320903', country: '156' },
    })
    expect(c.seller.credit_code).toBe('')
  })
  it('does not send back what was only told', () => {
    const answer = {
      ...emptyContract(deal),
      version: 2,
      missing: [],
      warnings: [],
    } as unknown as ContractAnswer
    expect(writable(answer)).not.toHaveProperty('missing')
    expect(writable(answer)).not.toHaveProperty('warnings')
    expect(writable(answer).version).toBe(2)
  })
  it('leaves out what is empty, but not what must be there', () => {
    const c = sent({ ...emptyContract(deal), ips: [], related_party: false, secrecy: '' })
    expect(c).not.toHaveProperty('ips')
    expect(c).not.toHaveProperty('related_party')
    expect(c.seller).toEqual({ name: '乙大学', country: '156' })
    expect(c).toMatchObject({ type: '', signed_on: '', total: 0, trade: 0 })
  })
  it('finds the part of a field', () => {
    expect(['type', 'seller.name', 'buyer.postcode', 'trade', 'ips', 'unheard'].map(partOf)).toEqual([
      0, 1, 2, 3, 4, 0,
    ])
  })
})
