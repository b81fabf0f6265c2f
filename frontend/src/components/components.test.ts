// Components drawn to text on the server side of Vue: what they say, not how they look.

import { describe, expect, it } from 'vitest'
import { ID_INJECTION_KEY, ZINDEX_INJECTION_KEY } from 'element-plus'
import { createSSRApp, h, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ApiError } from '@/api/client'
import type { Match } from '@/api/model'
import ErrorNotice from './ErrorNotice.vue'
import LevelChip from './LevelChip.vue'
import MarkedText from './MarkedText.vue'
import MatchCard from './MatchCard.vue'
import ScoreBars from './ScoreBars.vue'

async function draw(component: Component, props: Record<string, unknown>): Promise<string> {
  const app = createSSRApp({ render: () => h(component, props) })
  app.provide(ID_INJECTION_KEY, { prefix: 1, current: 0 }).provide(ZINDEX_INJECTION_KEY, { current: 0 })
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: {} }] }))
  return (await renderToString(app)).replaceAll(/<!--.*?-->/g, '')
}
const words = (html: string): string => html.replaceAll(/<[^>]+>/g, '')

const snippet = (label: string, text: string) => ({
  field: 'problem' as const,
  label,
  spans: [{ text }, { text: '基面位错', hit: true }],
})
const match: Match = {
  need_id: 'n_1',
  achievement_id: 'a_1',
  score: 0.7,
  level: 3,
  level_label: '较强',
  model: 'm',
  parts: [{ name: 'pairs', label: '用词相同', value: 0.5, weight: 1, points: 0.7 }],
  terms: [{ term: '碳化硅', weight: 0.4 }],
  evidence: [
    { need: snippet('技术难题', '降低'), achievement: snippet('成果简介', '控制'), score: 0.5 },
    { need: snippet('约束条件', '第二处'), achievement: snippet('应用领域', '第二处'), score: 0.4 },
  ],
  against: ['合作方式没有交集'],
  probabilities: [0.1, 0.2, 0.6, 0.1],
  close: [{ need: '污水', achievement: '废水', similarity: 0.8 }],
  lift: ['补充中试情况'],
  metrics: [
    {
      target: '厚度≤0.6mm',
      verdict: 'met',
      verdict_label: '满足',
      figure: '500μm',
      reason: '换算后 0.5 mm，不高于 0.6 mm',
      achievement: snippet('技术指标', '厚度'),
    },
    { target: '寿命≥5年', verdict: 'unstated', verdict_label: '未说明' },
  ],
}

describe('text', () => {
  it('marks hits and takes no HTML from the server', async () => {
    const html = await draw(MarkedText, {
      spans: [{ text: '<img src=x onerror=alert(1)>' }, { text: '氢', hit: true }],
    })
    expect(html).toContain('&lt;img')
    expect(html).toContain('<mark>氢</mark>')
  })
})

describe('level', () => {
  it.each([
    [4, '强'],
    [1, '无相关'],
  ])('%i is said in words and in bars', async (level, label) => {
    const html = await draw(LevelChip, { level, label })
    expect(words(html)).toContain(`匹配等级：${label}`)
    expect(html.match(/class="on"/g)?.length).toBe(level)
  })
})

describe('match card', () => {
  it('shows terms, evidence of both sides, objections, and a link to the other side', async () => {
    const html = await draw(MatchCard, { match, kind: 'achievement', rank: 1 })
    for (const w of [
      '较强',
      '碳化硅',
      '技术难题',
      '成果简介',
      '合作方式没有交集',
      '用词相同',
      '+70.0',
      '第二处',
    ]) {
      expect(words(html), w).toContain(w)
    }
    for (const w of [
      '污水 ≈ 废水',
      '满足 1 项，未达 0 项，未说明 1 项',
      '换算后 0.5 mm',
      '补充中试情况',
      '较强 60%',
    ]) {
      expect(words(html), w).toContain(w)
    }
    expect(html).toContain('href="/achievements/a_1"')
    expect(html.indexOf('技术难题')).toBeLessThan(html.indexOf('成果简介'))
  })
  it('keeps the rest of the evidence folded after the first', async () => {
    const text = words(await draw(MatchCard, { match, kind: 'need', rank: 2 }))
    expect(text).toContain('另有 1 处原文')
    expect(text).not.toContain('第二处')
    expect(text).not.toContain('用词相同')
  })
  it('stands without parts, terms, evidence and record', async () => {
    const bare = {
      need_id: 'n_1',
      achievement_id: 'a_1',
      score: 0,
      level: 1,
      level_label: '无相关',
      model: 'm',
    }
    const text = words(await draw(MatchCard, { match: bare, kind: 'need', rank: 3 }))
    expect(text).toContain('无相关')
    expect(text).not.toContain('依据')
  })
})

describe('decision', () => {
  const decision = {
    id: 'd_1',
    need_id: 'n_1',
    achievement_id: 'a_1',
    verb: 'defer' as const,
    score: 0.7,
    level: 3,
    model: 'm',
    by: '张三',
    decided_at: '2026-11-22T00:00:00Z',
  }
  it('is offered to those who decide only', async () => {
    expect(words(await draw(MatchCard, { match, kind: 'achievement', rank: 2 }))).not.toContain('采纳')
    const html = await draw(MatchCard, { match, kind: 'achievement', rank: 2, shown: 10, decides: true })
    for (const w of ['采纳', '不采纳…', '暂缓']) expect(words(html), w).toContain(w)
    expect(html).toContain('aria-label="对第 2 位匹配的决定"')
  })
  it('that stands is said, with a way back', async () => {
    const text = words(
      await draw(MatchCard, { match: { ...match, decision }, kind: 'need', rank: 1, decides: true }),
    )
    for (const w of ['已暂缓', '张三', '撤销']) expect(text, w).toContain(w)
    expect(text).not.toContain('不采纳')
  })
})

describe('score bars', () => {
  it('draws nothing of nothing', async () => expect(await draw(ScoreBars, { parts: [] })).toBe(''))
})

describe('error notice', () => {
  it('says what the server said, which fields, and the request number', async () => {
    const error = new ApiError('internal', '写入失败', 500, [{ field: 'q', message: '标题太长' }], 'req-9')
    const text = words(await draw(ErrorNotice, { error }))
    for (const w of ['服务内部错误', '写入失败', '标题太长', 'req-9', '重试']) expect(text).toContain(w)
  })
  it('says once what is wrong with what was given', async () => {
    const fields = [{ field: 'regions', message: '没有这个地区' }]
    const error = new ApiError('invalid', '填写的内容有误，请按提示修改', 400, fields)
    const text = words(await draw(ErrorNotice, { error }))
    expect(text).toContain('没有这个地区')
    expect(text).not.toContain('，请按提示修改')
  })
  it('does not offer to retry what is not there', async () => {
    const text = words(await draw(ErrorNotice, { error: new ApiError('not_found', '没有找到', 404) }))
    expect(text).not.toContain('重试')
  })
})
