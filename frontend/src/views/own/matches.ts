// One's own published records, to choose from; and why there are none.

import type { Schemas } from '@/api/model'
import type { Kind } from '@/lib/filter'
import { count as amount } from '@/lib/format'

export interface Choice {
  id: string
  title: string
  /** How many of its pairs brokers were shown, how many of them go on, and how many came to nothing. */
  shown: number
  going: number
  declined: number
}

export function choicesOf(
  records: readonly { id: string; title: string }[],
  counts: readonly Schemas['ShownRecord'][],
): Choice[] {
  const known = new Map(counts.map((c) => [c.id, c]))
  return records.map(({ id, title }) => {
    const c = known.get(id)
    return { id, title, shown: c?.shown ?? 0, going: c?.going ?? 0, declined: c?.declined ?? 0 }
  })
}

/** The record after or before the current one; undefined at the ends. */
export function stepFrom(
  records: readonly Choice[],
  current: string | undefined,
  by: 1 | -1,
): Choice | undefined {
  const at = records.findIndex((r) => r.id === current)
  return at < 0 ? records[0] : records[at + by]
}

/** Why nothing of one's own is matched, and what can be done. */
export interface Resting {
  title: string
  hint: string
  to: string
  link: string
}

/** Of a side without a published record, by how many there are in each state: what presses most comes first. */
export function restingOf(own: Kind, counts: Readonly<Record<string, number>>): Resting {
  const [what, others, unit, path] =
    own === 'need' ? ['需求', '成果', '条', '/mine/needs'] : ['成果', '需求', '项', '/mine/achievements']
  const states: [string, string, string, string][] = [
    ['returned', '被退回修改', '按审核意见修改后重新提交，通过后立即匹配。', '去修改'],
    [
      'engaged',
      '正在对接中',
      `对接中的${what}已有合作方，不再推荐新的${others}；没有谈成的，结束对接后恢复推荐。另有${what}的，可以再发布一${unit}。`,
      '查看进展',
    ],
    ['pending', '正在审核', '审核通过后立即匹配，不需要再操作。', '查看审核情况'],
    ['expired', '已到期', '仍然有效的，续期后立即恢复匹配。', '去续期'],
    ['paused', '已暂停', '恢复发布后立即匹配。', '去恢复'],
    ['draft', '还是草稿', '提交审核，通过后立即匹配。', '去提交'],
  ]
  for (const [state, is, hint, link] of states) {
    const n = counts[state] ?? 0
    if (!n) continue
    const to = state === 'engaged' ? '/deals' : `${path}?status=${state}`
    return { title: `没有可匹配的${what}：${amount(n)} ${unit}${is}`, hint, to, link }
  }
  const ended = Object.values(counts).some((n) => n > 0)
  const title = ended ? `没有正在发布的${what}` : `还没有已发布的${what}`
  return { title, hint: '发布后系统立即匹配。', to: path, link: `去我的${what}` }
}
