import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { find } from '@/views/help/terms'
import { glossary } from './glossary'

const context = readFileSync(new URL('../../../CONTEXT.md', import.meta.url), 'utf8')
/** What the screen calls things, from the second column of the table. */
const names = context
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  .flatMap((line) => line.split('|')[2]!.split(/\s*[/,、]\s*/))
  .map((name) => name.trim())
  .filter((name) => name && name !== '—')

/** Words of the forms and of the law, which CONTEXT.md need not settle. */
const common = new Set([
  'field',
  'challenge',
  'credit_code',
  'odds',
  'kappa',
  'capacity',
  'assignment',
  'received',
  'matching_rate',
  'response_rate',
])

it('a term has the name that CONTEXT.md gives it', () => {
  const own = Object.entries(glossary).filter(([, e]) => !names.some((n) => e.label.includes(n)))
  expect(own.map(([key]) => key).filter((key) => !common.has(key))).toEqual([])
})

it('every term is said in Chinese sentences, and no two have one name', () => {
  const labels = Object.values(glossary).map((e) => e.label)
  expect(new Set(labels).size).toBe(labels.length)
  for (const e of Object.values(glossary)) expect(e.text, e.label).toMatch(/^.{12,130}[。]$/)
})

it('finds by every word, those named so first', () => {
  const entries = Object.values(glossary)
  expect(find(entries, '成交额')[0]?.label).toBe('成交额')
  expect(find(entries, 'TRL').map((e) => e.label)).toEqual(['技术就绪度（TRL）'])
  expect(find(entries, '技术经理人 独立')).toHaveLength(1)
  expect(find(entries, '没有这样的词')).toEqual([])
  expect(find(entries, ' ')).toHaveLength(entries.length)
})
