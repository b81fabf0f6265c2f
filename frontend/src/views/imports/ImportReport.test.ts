// The report drawn to text on the server side of Vue.

import { describe, expect, it } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Import } from '@/api/model'
import ImportReport from './ImportReport.vue'
import type { Step } from './steps'

const report: Import = {
  id: 'i_1',
  kind: 'need',
  file_name: '需求.xlsx',
  state: 'previewed',
  total: 2,
  created: 2,
  updated: 0,
  unchanged: 0,
  failed: 0,
  errors: [],
  warnings: [],
  created_at: '2026-11-22T00:00:00Z',
}
const odd = { row: 3, column: '座机', message: '座机号应写成 区号-号码，请核对', value: '<88>' }

async function draw(change: Partial<Import>, step: Step = 'previewed'): Promise<string> {
  const app = createSSRApp({
    render: () => h(ImportReport, { report: { ...report, ...change }, kind: 'need', step, token: '' }),
  })
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: {} }] }))
  const html = await renderToString(app)
  return html
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/<[^>]+>/g, '|')
    .replaceAll(/\s+/g, '')
}

describe('warnings of an import', () => {
  it('are listed apart from errors, with row, column, value and what to do', async () => {
    const text = await draw({ warnings: [odd], more_warnings: 4 })
    expect(text).toContain('请留意（仍会导入，5处）')
    expect(text).toMatch(/\|3\|+座机\|+&lt;88&gt;\|+座机号应写成区号-号码，请核对\|/)
    expect(text).not.toContain('需要修改的内容')
  })
  it('have been imported when it is done', async () => {
    expect(await draw({ warnings: [odd] }, 'done')).toContain('请留意（已导入，1处）')
  })
  it('are not mentioned when there are none', async () => {
    expect(await draw({ errors: [odd] })).not.toContain('请留意')
  })
  it('are shown in part when there are many', async () => {
    const text = await draw({ warnings: Array.from({ length: 60 }, (_, i) => ({ ...odd, row: i + 2 })) })
    expect(text.match(/请核对/g)?.length).toBe(50)
    expect(text).toContain('显示更多（还有10处）')
  })
})
