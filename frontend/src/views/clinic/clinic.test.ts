// The clinic's parts drawn to text on the server side of Vue: what they say, not how they look.

import { describe, expect, it } from 'vitest'
import { createSSRApp, h, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Diagnosis } from '@/api/model'
import AspectList from './AspectList.vue'
import ClinicReport from './ClinicReport.vue'
import MarkedDraft from './MarkedDraft.vue'
import VerdictBar from './VerdictBar.vue'

async function draw(component: Component, props: Record<string, unknown>): Promise<string> {
  const app = createSSRApp({ render: () => h(component, props) })
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: {} }] }))
  return (await renderToString(app)).replaceAll(/<!--.*?-->/g, '')
}
const words = (html: string): string => html.replaceAll(/<[^>]+>/g, '')

const diagnosis: Diagnosis = {
  kind: 'need',
  completeness: 47,
  verdict: 'improve',
  verdict_label: '建议补充',
  summary: '已说清：对象；不够具体：指标。',
  aspects: [
    {
      name: 'metrics',
      label: '指标',
      state: 'vague',
      state_label: '不够具体',
      points: 10,
      max: 25,
      found: '有方向，没有数值',
      evidence: [{ field: 'problem', label: '技术难题', spans: [{ text: '提高耐磨性', hit: true }] }],
      why: '验收有依据。',
    },
    {
      name: 'budget',
      label: '预算',
      state: 'missing',
      state_label: '缺少',
      points: 0,
      max: 6,
      why: '团队要看。',
    },
  ],
  questions: [{ aspect: 'metrics', text: '希望达到多少？', why: '验收有依据。', heading: '技术指标' }],
  remarks: [{ kind: 'conflict', message: '期限已经过去。', quote: '2024年' }],
  passages: [
    {
      field: 'problem',
      label: '技术难题',
      spans: [
        { text: '需要<b>' },
        { text: '提高耐磨性', aspects: ['metrics'] },
        { text: '尽快', vague: true },
        { text: '。' },
      ],
    },
  ],
  keywords: [{ word: '激光熔覆', weight: 1 }],
  industries: [],
  fields: [{ code: '40105', label: '金属', path: ['新材料', '金属'], confidence: 0.52, words: ['涂层'] }],
  similar: [],
}

describe('the clinic', () => {
  it('says the verdict and how complete a draft is', async () => {
    const html = await draw(VerdictBar, { diagnosis })
    expect(words(html)).toContain('建议补充')
    expect(html).toContain('aria-valuenow="47"')
  })
  it('shows each aspect with what was found, or why it matters', async () => {
    const html = await draw(AspectList, { aspects: diagnosis.aspects })
    expect(words(html)).toContain('指标不够具体有方向，没有数值')
    expect(words(html)).toContain('预算缺少团队要看。')
    expect(html.match(/disabled/g)).toHaveLength(1)
  })
  it('marks the draft as text, never as HTML', async () => {
    const html = await draw(MarkedDraft, { diagnosis, focus: 'metrics' })
    expect(words(html)).toContain('需要&lt;b&gt;提高耐磨性尽快。')
    expect(html).toContain('class="said focus"')
    expect(html).toContain('class="vague" title="不好判断的说法"')
  })
  it('asks, warns and suggests', async () => {
    const html = await draw(ClinicReport, { diagnosis, listed: ['激光熔覆'], focus: '' })
    expect(words(html)).toContain('希望达到多少？')
    expect(words(html)).toContain('期限已经过去。')
    expect(words(html)).toContain('文字里看不出来。')
    expect(html).toContain('补充到“技术指标”')
    expect(html).toContain('aria-pressed="true"')
    expect(html).toContain('kind=achievement&amp;fields=40105')
    expect(words(html)).not.toContain('已有的相似')
  })
})
