import { describe, expect, it } from 'vitest'
import type { Evidence, MetricCheck } from '@/api/model'
import { quotable, quotes, reasonOf } from './evidence'

const pair = (need: string, achievement: string): Evidence => ({
  need: { field: 'body', label: need, spans: [{ text: need }] },
  achievement: { field: 'body', label: achievement, spans: [{ text: achievement }] },
  score: 0.5,
})
const metric = (reason: string, said = ''): MetricCheck => ({
  target: '空洞率≤1%',
  verdict: 'met',
  verdict_label: '满足',
  figure: '空洞率0.8%',
  reason,
  achievement: said ? { field: 'body', label: '成果简介', spans: [{ text: said }] } : undefined,
})

describe('evidence', () => {
  const twice = pair('技术指标', '技术指标')
  const words = pair('技术难题', '技术指标')
  it('does not quote again what the list of targets says', () => {
    expect(quotable([twice, words], [metric('')])).toEqual([words])
    expect(quotable([twice, words], [])).toEqual([twice, words])
    expect(quotable([twice], [metric('')])).toEqual([twice])
    expect(quotable(undefined, undefined)).toEqual([])
  })
  it('gives a reason where it is more than a comparison', () => {
    expect(reasonOf(metric('不高于目标'))).toBe('')
    expect(reasonOf(metric('换算后 0.5 mm，不高于 0.6 mm'))).toBe('换算后 0.5 mm，不高于 0.6 mm')
  })
  it('quotes a sentence that says more than the figure', () => {
    expect(quotes(metric('', '空洞率0.8%'))).toBe(false)
    expect(quotes(metric('', '试验中空洞率0.8%，三批一致'))).toBe(true)
    expect(quotes(metric(''))).toBe(false)
  })
})
