// The states of a record as its owner reads them: colour, what the state means, what comes next.

import type { AnyRecord, Schemas } from '@/api/model'
import { daysSince, daysUntil } from '@/lib/beijing'
import type { Kind } from '@/lib/filter'

type Status = AnyRecord['status']

export type Tone = 'ok' | 'warn' | 'bad' | 'brand' | ''

const tones: Record<Status, Tone> = {
  draft: '',
  pending: 'brand',
  returned: 'bad',
  published: 'ok',
  paused: 'warn',
  engaged: 'brand',
  settled: 'ok',
  expired: 'warn',
  withdrawn: '',
}
export const toneOf = (s: Status): Tone => tones[s]

/** The code list says 已解决; an achievement that ended well is 已转化. */
export const statusLabel = (kind: Kind, s: Status, label: string): string =>
  s === 'settled' && kind === 'achievement' ? '已转化' : label

const meanings: Record<Status, string> = {
  draft: '只有本单位看得到。填好后提交审核。',
  pending: '主管部门正在审核，期间仍可以修改。',
  returned: '主管部门请您修改，改好后再次提交。',
  published: '已经公开，平台正在为它匹配。',
  paused: '暂时不再推荐，随时可以恢复。',
  engaged: '正在和对方对接，不再推荐给其他单位。',
  settled: '已经办成，不再推荐。',
  expired: '有效期已过，不再推荐。续期后恢复。',
  withdrawn: '已撤回，别人看不到。重新打开后可以再改再提交。',
}
/** What the bureau reads where the owner's words would be wrong. */
const officials: Partial<Record<Status, string>> = {
  draft: '还没有提交，填报单位和主管部门看得到。填好后提交审核。',
  pending: '正在等待审核，期间仍可以修改。',
  returned: '已退回修改，改好后再次提交。',
}
export const meaningOf = (s: Status, operator = false): string => (operator && officials[s]) || meanings[s]

/** Where the owner may change it in place, and where a change waits for review. */
export type Mode = 'draft' | 'pending' | 'revision' | 'closed'
export function modeOf(s: Status): Mode {
  if (s === 'draft' || s === 'returned') return 'draft'
  if (s === 'pending') return 'pending'
  return ['published', 'paused', 'engaged'].includes(s) ? 'revision' : 'closed'
}

export type Standing = Schemas['OwnStanding']

/** What the owner should do next, in few words; "" when nothing waits for the owner. */
export function nextOf(r: AnyRecord, s: Standing | undefined, now: Date): string {
  const left = daysUntil(r.valid_until, now)
  if (r.status === 'returned') return s?.comments ? `按 ${s.comments} 条意见修改后再提交` : '修改后再提交'
  if (r.status === 'draft') return (s?.completeness ?? 0) >= 60 ? '可以提交审核' : '补充内容后提交'
  if (s?.revision && s.review === 'returned' && modeOf(r.status) === 'revision') return '修改被退回，请看意见'
  if (r.status === 'expired') return '续期或撤回'
  if (r.status === 'published' && left !== undefined && left <= 30 && left >= 0) return '快到期了，请续期'
  return ''
}

/** How long something has waited for the reviewers, as "3 天". */
export function waitingOf(r: AnyRecord, s: Standing | undefined, now: Date): string {
  if (s?.review !== 'pending' || !s.submitted_at) return ''
  const days = daysSince(s.submitted_at, now)
  const what = s.revision && r.status !== 'pending' ? '修改待审核' : '已等'
  return days < 1 ? `${what === '已等' ? '今天提交' : `${what}，今天提交`}` : `${what} ${days} 天`
}

/** "还有 12 天到期", "已过期"; "" when there is no end or it is far. */
export function countdown(day: string | undefined, now: Date): string {
  const left = daysUntil(day, now)
  if (left === undefined) return ''
  if (left < 0) return `已过期 ${-left} 天`
  return left === 0 ? '今天到期' : `还有 ${left} 天`
}
