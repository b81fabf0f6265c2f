import { describe, expect, it } from 'vitest'
import type { Match, ScorePart } from '@/api/model'
import { partRows } from './parts'
import { learned, plain, qualities, type ModelVersion } from './quality'
import { rerank, rescored, sliders, summary } from './whatif'
import { byList, explainPath, placeText, recallText } from './words'

const part = (name: string, points: number): ScorePart => ({
  name,
  label: name,
  value: 0.5,
  weight: 2,
  points,
})
const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/** A match whose parts are made as the ranker makes them: each its share of the way from the start. */
function match(id: string, base: number, adds: Record<string, number>): Match {
  const rise = Object.values(adds).reduce((a, b) => a + b, 0)
  const score = logistic(base + rise)
  const start = logistic(base)
  const rate = (score - start) / rise
  const parts = Object.entries(adds).map(([name, v]) => part(name, v * rate))
  return {
    need_id: 'n_1',
    achievement_id: id,
    score,
    level: 2,
    level_label: '弱',
    model: 'm',
    parts: [part('base', start), ...parts],
  }
}

describe('what if', () => {
  const a = match('a', -4, { words: 3, meaning: 1 })
  const b = match('b', -4, { words: 1, meaning: 2.5, fact_price: -0.5 })

  it('gives the score itself where nothing changes', () => {
    expect(rescored(a.score, a.parts ?? [], {})).toBe(a.score)
    expect(rescored(a.score, a.parts ?? [], { words: 1 })).toBe(a.score)
  })

  it('gives what the ranker would with other weights', () => {
    expect(rescored(a.score, a.parts ?? [], { words: 0.5 })).toBeCloseTo(logistic(-4 + 1.5 + 1), 9)
    expect(rescored(b.score, b.parts ?? [], { fact_price: 0, meaning: 2 })).toBeCloseTo(
      logistic(-4 + 1 + 5),
      9,
    )
  })

  it('puts the list in its new order, with places gained and lost', () => {
    expect(rerank([a, b], {}).map((r) => r.up)).toEqual([0, 0])
    const rows = rerank([a, b], { meaning: 2 })
    expect(rows.map((r) => [r.match.achievement_id, r.before, r.after, r.up])).toEqual([
      ['b', 2, 1, 1],
      ['a', 1, 2, -1],
    ])
    expect(summary(rows, 1)).toContain('1 项新进前 1')
    expect(summary(rerank([a, b], {}))).toBe('名次没有变化。')
  })

  it('survives scores at the edge and matches without parts', () => {
    const sure: Match = { ...a, score: 1, parts: [part('base', 0), part('words', 1)] }
    expect(rescored(sure.score, sure.parts ?? [], { words: 0 })).toBeGreaterThanOrEqual(0)
    expect(rerank([{ ...a, parts: undefined }], { words: 2 })[0]?.score).toBe(a.score)
  })

  it('has a slider for each part but the start, those that matter most first', () => {
    expect(sliders([a, b]).map((s) => s.name)).toEqual(['words', 'meaning', 'fact_price'])
  })
})

describe('parts', () => {
  it('stand along one axis, texts before facts', () => {
    const rows = partRows([part('base', 0.01), part('fact_price', -0.1), part('words', 0.3)])
    expect(rows.map((r) => [r.name, r.points])).toEqual([
      ['base', '+1.0'],
      ['words', '+30.0'],
      ['fact_price', '−10.0'],
    ])
    expect(rows[1]?.from).toBeCloseTo(25)
    expect(rows[2]?.from).toBeCloseTo(0)
    expect(rows[2]?.length).toBeCloseTo(25)
    expect(rows[1]?.value).toBe('50%')
  })
})

describe('quality', () => {
  const model: ModelVersion = {
    kind: 'ranker',
    version: 'v',
    provenance: '',
    active: true,
    accepted: true,
    size: 0,
    created_at: '',
    figures: {
      pair_accuracy: 0.7945,
      pair_accuracy_low: 0.7723,
      pair_accuracy_high: 0.8139,
      decisions: 1200,
      odd: 1,
    },
  }
  it('shows what is known, with intervals', () => {
    expect(qualities(model)).toMatchObject([{ value: '79.5%', range: '77.2%～81.4%', beside: '' }])
    expect(learned(model)).toEqual(['学习了技术经理人的 1,200 次决定'])
  })
  it('says no names of versions', () => {
    expect(plain('由 ranker-1 学习')).toBe('由自带模型学习')
  })
  it('says dates and what was corrected in plain words', () => {
    expect(plain('用 2026-04-17 至 2026-11-20 的 3 项；位置影响按名次的 -1.00 次方校正（默认）。')).toBe(
      '用2026年4月17日至2026年11月20日的 3 项；排得靠前更容易被采纳，已按此校正。',
    )
  })
})

describe('words', () => {
  it('say where a record stands', () => {
    const place = { rank: 3, candidates: 1310, recalls: ['words', 'meaning'] as const, admitted: true }
    expect(placeText({ ...place, recalls: [...place.recalls] }, '项')).toBe('在 1,310 项候选中排第 3')
    expect(recallText({ ...place, recalls: [...place.recalls] })).toBe('由全文字词、全文含义找到')
    expect(placeText({ rank: 0, candidates: 9, recalls: [], admitted: true }, '条')).toBe(
      '不在其 9 条候选之中',
    )
  })
  it('group reasons and make addresses', () => {
    expect(byList([{ list: 'queue', code: 'weak', message: '' }]).map((g) => g.list)).toEqual(['queue'])
    expect(explainPath('n_1', '')).toBe('/explain?need=n_1')
  })
})
