import { describe, expect, it } from 'vitest'
import {
  ageOf,
  earlier,
  lacking,
  lanes,
  ladder,
  moved,
  planMove,
  stages,
  wanted,
  type Deal,
  type DealDetail,
} from './stages'
import { parseWan, readable, share, wan, wanText, yuan } from './sums'

describe('sums in 万元', () => {
  it('reads what people write', () => {
    for (const [text, fen] of [
      ['12.5', 12_500_000],
      ['1,200', 1_200_000_000],
      ['1200 万元', 1_200_000_000],
      ['１２．５', 12_500_000],
      ['0.000001', 1],
      ['0', 0],
      ['3.', 3_000_000],
    ] as const)
      expect(parseWan(text), text).toEqual({ fen })
    expect(parseWan(' ')).toBeUndefined()
  })
  it('does not lose a 分 to binary fractions', () => {
    expect(parseWan('1.1')).toEqual({ fen: 1_100_000 })
    expect(parseWan('8.123456')).toEqual({ fen: 8_123_456 })
    for (let fen = 1; fen < 3_000_000; fen += 7919) expect(parseWan(wanText(fen))).toEqual({ fen })
  })
  it('refuses what is no sum', () => {
    for (const text of ['abc', '-1', '1.2.3', '1.0000001', '99999999999999999'])
      expect(parseWan(text), text).toHaveProperty('wrong')
  })
  it('writes them', () => {
    expect(wanText(0)).toBe('')
    expect(wanText(12_500_000)).toBe('12.5')
    expect(wan(1_200_500_000)).toBe('1,200.5 万元')
    expect(wan(-6_000_000)).toBe('-6 万元')
    expect(wan(0)).toBe('0 万元')
    expect(yuan(6_000_005)).toBe('60,000.05 元')
    expect(yuan(5)).toBe('0.05 元')
    expect(readable('2026年10月2日 实际到账额 480000 元 × 5% = 24000.05 元')).toBe(
      '2026年10月2日 实际到账额 480,000 元 × 5% = 24,000.05 元',
    )
  })
  it('is a share within the bar', () => {
    expect(share(1, 0)).toBe(0)
    expect(share(3, 4)).toBe(75)
    expect(share(5, 4)).toBe(100)
  })
})

const deal = (d: Partial<DealDetail>): DealDetail =>
  ({
    id: 'l_1',
    version: 1,
    title: '项目',
    stage: 'talks',
    stage_since: '2026-11-01T00:00:00Z',
    state: 'open',
    agreed: true,
    expected: 0,
    total: 0,
    received: 0,
    events: [],
    tasks: [],
    notes: [],
    payments: [],
    subsidies: [],
    ...d,
  }) as DealDetail

describe('the ladder', () => {
  it('knows when each stage was reached, and which was jumped over', () => {
    const steps = ladder(
      deal({
        stage: 'visit',
        events: [
          { id: '1', act: 'create', to: 'intake', seconds: 0, at: '2026-09-01' },
          { id: '2', act: 'advance', from: 'intake', to: 'talks', seconds: 1, at: '2026-09-03' },
          { id: '3', act: 'pause', from: 'talks', to: 'talks', seconds: 1, at: '2026-09-04' },
          { id: '4', act: 'advance', from: 'talks', to: 'visit', seconds: 1, at: '2026-09-05' },
        ],
      }),
    )
    expect(steps.map((s) => s.state).slice(0, 7)).toEqual([
      'done',
      'skipped',
      'skipped',
      'skipped',
      'done',
      'now',
      'ahead',
    ])
    expect(steps[4]!.at).toBe('2026-09-03')
    const introduced = deal({
      events: [{ id: '1', act: 'create', to: 'interest', seconds: 0, at: '2026-09-01' }],
    })
    expect(ladder(introduced)[2]!.state).toBe('before')
  })
  it('says what the next stage wants', () => {
    expect(wanted(deal({}), 'visit', 0)).toEqual([])
    expect(wanted(deal({}), 'signed', 0)).toEqual([{ text: '填写技术合同', met: false }])
    const contract = {} as DealDetail['contract']
    expect(wanted(deal({ contract }), 'registered', 3).map((w) => w.met)).toEqual([true, false, false])
    expect(wanted(deal({ contract, registration: '1' }), 'registered', 0).every((w) => w.met)).toBe(true)
    expect(wanted(deal({ contract, total: 5, received: 4 }), 'closed', 0)).toHaveLength(3)
  })
})

describe('the board', () => {
  it('moves one step ahead at once, and asks for words otherwise', () => {
    expect(planMove(deal({}), 'visit')).toEqual({ verb: 'advance', to: 'visit', atOnce: true })
    expect(planMove(deal({}), 'trial')?.atOnce).toBe(false)
    expect(planMove(deal({}), 'recommend')).toEqual({ verb: 'back', to: 'recommend', atOnce: false })
    expect(planMove(deal({}), 'talks')).toBeUndefined()
    expect(planMove(deal({ state: 'paused' }), 'visit')).toBeUndefined()
  })
  it('never takes lightly what cannot be taken back', () => {
    expect(planMove(deal({ stage: 'recommend', agreed: false }), 'interest')?.atOnce).toBe(false)
    expect(planMove(deal({ stage: 'performing', total: 1 }), 'closed')?.atOnce).toBe(false)
    expect(planMove(deal({ stage: 'negotiation' }), 'signed')?.atOnce).toBe(false)
    expect(planMove(deal({ stage: 'negotiation', total: 1 }), 'signed')?.atOnce).toBe(true)
    expect(planMove(deal({ stage: 'signed', total: 1 }), 'registered')?.atOnce).toBe(false)
    expect(planMove(deal({ stage: 'signed', total: 1, registration: '1' }), 'registered')?.atOnce).toBe(true)
  })
  it('says what a stage needs, and where that is done', () => {
    expect(lacking(deal({}), 'negotiation')).toBeUndefined()
    expect(lacking(deal({}), 'signed')?.at).toEqual({ path: '/deals/l_1/contract' })
    expect(lacking(deal({}), 'performing')?.text).toContain('技术合同')
    expect(lacking(deal({ total: 1 }), 'signed')).toBeUndefined()
    expect(lacking(deal({ total: 1 }), 'registered')?.text).toContain('主管部门')
    expect(lacking(deal({ total: 1 }), 'registered', true)).toMatchObject({
      way: '去填写',
      at: { path: '/deals/l_1', query: { tab: 'contract' } },
    })
    expect(lacking(deal({ total: 1 }), 'performing')).toBeUndefined()
    expect(lacking(deal({ total: 1, registration: '1' }), 'registered')).toBeUndefined()
  })
  it('goes back no further than to a contract that counts', () => {
    expect(earlier(deal({ stage: 'recommend' }))).toEqual(['diagnosis', 'intake'])
    expect(earlier(deal({ stage: 'performing', received: 1 }))).toEqual(['registered', 'signed'])
    expect(earlier(deal({ stage: 'signed', registration: '1' }))).toEqual([])
    expect(earlier(deal({ stage: 'intake' }))).toEqual([])
  })
  it('ages', () => {
    expect([14, 15, 31].map((n) => ageOf('talks', n))).toEqual(['fresh', 'due', 'late'])
    expect(ageOf('performing', 99)).toBe('fresh')
  })
  it('draws a move with its counts and sums', () => {
    const a = deal({ id: 'a', stage_since: '2026-11-03T00:00:00Z', expected: 7 }) as Deal
    const b = deal({ id: 'b', stage_since: '2026-11-02T00:00:00Z' }) as Deal
    const before = lanes(
      stages.map((stage) => ({
        stage,
        label: '',
        count: stage === 'talks' ? 2 : 0,
        amount: 0,
        overdue: 0,
        deals: stage === 'talks' ? [b, a] : undefined,
      })),
    )
    expect(before[4]!.deals.map((d) => d.id)).toEqual(['b', 'a'])
    expect(before[0]!.deals).toEqual([])
    const after = moved(before, a, 'visit', new Date('2026-11-22T00:00:00Z'))
    expect(after[4]).toMatchObject({ count: 1, amount: -7 })
    expect(after[5]).toMatchObject({ count: 1, amount: 7 })
    expect(after[5]!.deals[0]!.stage).toBe('visit')
  })
})
