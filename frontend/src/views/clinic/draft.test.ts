import { describe, expect, it } from 'vitest'
import { listedKeywords, spanClass, spanTitle, toggleKeyword, withAnswers } from './draft'

describe('answers', () => {
  it('stand under their headings at the end', () => {
    expect(
      withAnswers('涂层开裂\n', [
        { heading: '技术指标', answer: ' 硬度从 HV500 到 HV800 ' },
        { heading: '拟投入资金', answer: '' },
        { heading: '约束条件', answer: '成本不高于 200 元\n不改动设备' },
      ]),
    ).toBe('涂层开裂\n技术指标：硬度从 HV500 到 HV800\n约束条件：成本不高于 200 元；不改动设备')
  })
  it('leave the text alone when there are none', () => {
    expect(withAnswers('涂层\n', [{ heading: '技术指标', answer: '  ' }])).toBe('涂层\n')
  })
})

describe('keywords', () => {
  it('are put on a line of their own', () => {
    const once = toggleKeyword('标题\n正文', '涂层')
    expect(once).toBe('标题\n正文\n关键词：涂层')
    const twice = toggleKeyword(once, '激光熔覆')
    expect(listedKeywords(twice)).toEqual(['涂层', '激光熔覆'])
    expect(toggleKeyword(toggleKeyword(twice, '涂层'), '激光熔覆')).toBe('标题\n正文')
  })
  it('join those that the text has, with whatever mark', () => {
    expect(toggleKeyword('标题\n关键词: 钢、铁，\n正文', '铜$&')).toBe('标题\n关键词：钢；铁；铜$&\n正文')
  })
})

describe('stretches', () => {
  const labels = new Map([['metrics', '指标']])
  it('are told apart', () => {
    expect(spanClass({ text: 'x' }, '')).toBe('')
    expect(spanClass({ text: 'x', aspects: ['metrics'] }, 'metrics')).toBe('said focus')
    expect(spanClass({ text: 'x', aspects: ['metrics'], vague: true }, 'object')).toBe('said vague')
  })
  it('say what they are', () => {
    expect(spanTitle({ text: 'x' }, labels)).toBeUndefined()
    expect(spanTitle({ text: 'x', aspects: ['metrics'], vague: true }, labels)).toBe(
      '说明了：指标；不好判断的说法',
    )
  })
})
