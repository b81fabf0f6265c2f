import { describe, expect, it } from 'vitest'
import { clip, merge, plain, trimmed } from './spans'

describe('merge', () => {
  it('joins neighbours and drops empties', () => {
    expect(
      merge([{ text: '碳化', hit: true }, { text: '' }, { text: '硅', hit: true }, { text: '外延' }]),
    ).toEqual([
      { text: '碳化硅', hit: true },
      { text: '外延', hit: false },
    ])
  })
  it('loses no text', () => {
    const spans = [{ text: 'a<b>' }, { text: '&', hit: true }, { text: '𠮷' }]
    expect(plain(merge(spans))).toBe('a<b>&𠮷')
  })
})

describe('clip', () => {
  it('leaves short passages alone', () => expect(plain(clip([{ text: '短句' }], 10))).toBe('短句'))
  it('keeps the first hit in view', () => {
    const spans = [{ text: '前'.repeat(100) }, { text: '命中', hit: true }, { text: '后'.repeat(100) }]
    const out = clip(spans, 40)
    expect(plain(out)).toMatch(/^…前+命中后+…$/)
    expect([...plain(out)].length).toBe(42)
    expect(out.some((s) => s.hit && s.text === '命中')).toBe(true)
  })
  it('cuts from the start without a hit', () => {
    expect(plain(clip([{ text: '字'.repeat(50) }], 20))).toBe(`${'字'.repeat(20)}…`)
  })
  it('does not tear a character', () => {
    expect(plain(clip([{ text: '𠮷'.repeat(30) }], 10))).toBe(`${'𠮷'.repeat(10)}…`)
  })
  it('ends at the end', () => {
    expect(plain(clip([{ text: '字'.repeat(50) }, { text: '尾', hit: true }], 20))).toBe(
      `…${'字'.repeat(19)}尾`,
    )
  })
})

describe('trimmed', () => {
  it('drops a separator at the end and nothing else', () => {
    expect(plain(trimmed([{ text: '空洞', hit: true }, { text: '率；' }]))).toBe('空洞率')
    expect(trimmed([{ text: '碳化硅', hit: true }, { text: '； ' }])).toEqual([{ text: '碳化硅', hit: true }])
    expect(plain(trimmed([{ text: '一；二。' }]))).toBe('一；二。')
    expect(trimmed([])).toEqual([])
  })
})
