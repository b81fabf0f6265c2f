import { describe, expect, it } from 'vitest'
import { bytes, date, instant, metricValue, money, trl } from './format'

describe('money', () => {
  it.each([
    [undefined, ''],
    [{ kind: '' }, ''],
    [{ kind: '', min: 5, max: 5 }, ''],
    [{ kind: 'negotiable' }, '面议'],
    [{ kind: 'amount', min: 0, max: 0 }, '0 万元'],
    [{ kind: 'amount', min: 50_000_000, max: 50_000_000 }, '50 万元'],
    [{ kind: 'amount', min: 12_345_600, max: 12_345_600 }, '12.35 万元'],
    [{ kind: 'amount', min: 50_000_000, max: 200_000_000 }, '50～200 万元'],
    [{ kind: 'amount', min: 500_000_000, max: 0 }, '500 万元以上'],
    [{ kind: 'amount', min: 500_000_000 }, '500 万元以上'],
    [{ kind: 'amount', min: 0, max: 200_000_000 }, '200 万元以内'],
    [{ kind: 'amount', min: 12_000_000_000, max: 12_000_000_000 }, '1.2 亿元'],
    [{ kind: 'amount', min: 500_000_000, max: 12_000_000_000 }, '500 万元～1.2 亿元'],
    [{ kind: 'amount', min: 1_500_000_000, max: 1_500_000_000 }, '1,500 万元'],
    [{ kind: 'amount', min: 2_000, max: 2_000 }, '20 元'],
  ])('%j → %s', (m, want) => expect(money(m)).toBe(want))
})

describe('days', () => {
  it('writes a day in Chinese without leading zeros', () => {
    expect(date('2026-11-22')).toBe('2026年11月22日')
    expect(date('2026-01-05')).toBe('2026年1月5日')
    expect(date('')).toBe('')
    expect(date('下月')).toBe('下月')
  })
  it('shows instants in Shanghai', () => {
    expect(instant('2026-11-22T16:30:00Z')).toBe('2026年11月23日')
    expect(instant('2026-11-22T16:30:00Z', true)).toBe('2026年11月23日 00:30')
    expect(instant('0001-01-01T00:00:00Z')).toBe('')
    expect(instant('x')).toBe('')
  })
})

describe('metrics', () => {
  it.each([
    [{ name: '击穿电压', comparator: '≥', value: 1200, unit: 'V' }, '≥ 1,200 V'],
    [{ name: '温度', comparator: '～', value: -40, upper: 125, unit: '℃' }, '-40～125 ℃'],
    [{ name: '孔径', comparator: '±', value: 2, upper: 0.1, unit: 'μm' }, '2 ± 0.1 μm'],
    [{ name: '良率', comparator: '=', value: 0, unit: '%' }, '0 %'],
    [{ name: '缺陷', comparator: '≤' }, '≤ 0'],
    [{ name: '阻燃', text: 'UL94 V-0' }, 'UL94 V-0'],
    [{ name: '说明' }, ''],
    [{ name: '掺杂', comparator: '～', value: 5e15, upper: 1e16, unit: 'cm⁻³' }, '5×10¹⁵～10¹⁶ cm⁻³'],
    [{ name: '渗透率', comparator: '≤', value: 2.5e-7 }, '≤ 2.5×10⁻⁷'],
    [{ name: '折射率', comparator: '=', value: 1.4585 }, '1.4585'],
  ])('%j → %s', (m, want) => expect(metricValue(m)).toBe(want))
})

describe('small things', () => {
  it('writes sizes', () => {
    expect(bytes(900)).toBe('900 B')
    expect(bytes(2048)).toBe('2 KB')
    expect(bytes(3.5 * 1024 * 1024)).toBe('3.5 MB')
  })
  it('does not repeat the number of a readiness level', () => {
    expect(trl(6, '6 正样级')).toBe('TRL 6 正样级')
    expect(trl(6, 'TRL 6 正样级')).toBe('TRL 6 正样级')
    expect(trl(6, '正样级')).toBe('TRL 6 正样级')
    expect(trl(6, '')).toBe('TRL 6')
    expect(trl(0, 'x')).toBe('')
  })
})
