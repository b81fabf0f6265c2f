// How a pair came before the scorer, in words.

import type { Schemas } from '@/api/model'
import { count } from '@/lib/format'

export type Explanation = Schemas['Explanation']
export type MatchPlace = Schemas['MatchPlace']
export type Obstacle = Schemas['Obstacle']

const ways: Readonly<Record<MatchPlace['recalls'][number], string>> = {
  words: '全文字词',
  titles: '名称用字',
  meaning: '全文含义',
  embedding: '语义向量服务',
}

/** "在 131 项候选中排第 3"; what the list is of, "项" or "条". */
export function placeText(p: MatchPlace, unit: string): string {
  if (!p.rank) return `不在其 ${count(p.candidates)} ${unit}候选之中`
  return `在 ${count(p.candidates)} ${unit}候选中排第 ${count(p.rank)}`
}

export function recallText(p: MatchPlace): string {
  if (!p.recalls.length) return ''
  return `由${p.recalls.map((w) => ways[w]).join('、')}找到`
}

export const listNames: Readonly<Record<Obstacle['list'], string>> = {
  matches: '匹配结果',
  queue: '候选队列',
}

/** Reasons by the list that they keep the pair from, in the order of the lists. */
export function byList(found: readonly Obstacle[]): { list: Obstacle['list']; obstacles: Obstacle[] }[] {
  return (['matches', 'queue'] as const)
    .map((list) => ({ list, obstacles: found.filter((o) => o.list === list) }))
    .filter((g) => g.obstacles.length)
}

/** The address of the page about a pair; one side may still be missing. */
export function explainPath(need: string, achievement: string): string {
  const q = new URLSearchParams()
  if (need) q.set('need', need)
  if (achievement) q.set('achievement', achievement)
  return `/explain?${q.toString()}`
}
