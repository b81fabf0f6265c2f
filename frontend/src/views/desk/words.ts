// What the queue says about a candidate in plain words.

import { daysUntil, lastDay } from '@/lib/beijing'
import { instant } from '@/lib/format'
import type { Candidate } from './queuelist'

/** What each level means to whoever has to decide. */
export const levelMeanings: Readonly<Record<number, string>> = {
  4: '成果对准了需求要解决的问题，一般可以直接推荐',
  3: '成果与需求讲的是同一类问题，个别要点需要双方再确认',
  2: '两者有关联，但成果未必能解决这个问题',
  1: '看不出实质联系',
}

const tenths = ['不到半', '一', '两', '三', '四', '五', '六', '七', '八', '九']

/** The calibrated probability in words: of ten such pairs, how many are really good. */
export function chance(probabilities: readonly number[]): string {
  if (probabilities.length !== 4) return ''
  const good = (probabilities[2] ?? 0) + (probabilities[3] ?? 0)
  const n = Math.round(good * 10)
  if (n >= 10) return '以往有同样把握的推荐，几乎条条达到“较强”以上'
  if (n === 0) return '以往有同样把握的推荐，很少达到“较强”以上'
  return `以往有同样把握的推荐，十条里约有${tenths[n]}条达到“较强”以上`
}

export type Age = 'fresh' | 'due' | 'late'

/** How old it looks: past its day, due today or waiting for long, or neither. */
export function age(c: Candidate): Age {
  if (c.urgency === 'overdue') return 'late'
  if (c.state !== 'open') return 'fresh'
  if (c.urgency === 'today' || c.waiting_days >= 3) return 'due'
  return 'fresh'
}

export function waited(c: Candidate): string {
  if (c.decided_at && c.state !== 'open' && c.state !== 'asked' && c.state !== 'deferred')
    return instant(c.decided_at)
  return c.waiting_days ? `已等 ${c.waiting_days} 天` : '今天进入'
}

/** When it should be decided, seen from now. */
export function dueText(c: Candidate, now = new Date()): string {
  if (c.state === 'deferred')
    return c.defer_until ? `${c.defer_until.slice(5).replace('-', ' 月 ')} 日再看` : ''
  if (c.state !== 'open') return ''
  const left = daysUntil(lastDay(c.due_at), now)
  if (left === undefined) return ''
  if (c.urgency === 'overdue' || left < 0) return `逾期 ${Math.max(1, -left)} 天`
  return left === 0 ? '今天到期' : left === 1 ? '明天到期' : `还有 ${left} 天`
}

/** The keys of the reasons in their order: digits, then letters that mean nothing else there. */
export const reasonKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'x', 'y', 'z', 'w'] as const

/** The keys of the days of a deferral. */
export const deferDays = [
  { key: '1', days: 1, label: '明天' },
  { key: '3', days: 3, label: '3 天后' },
  { key: '7', days: 7, label: '7 天后' },
] as const

/** Who asked for an introduction; '' when nobody did. */
export function wishers(c: { need_wish?: string; achievement_wish?: string }): string {
  if (c.need_wish && c.achievement_wish) return '双方申请'
  if (c.need_wish) return '需求方申请'
  return c.achievement_wish ? '成果方申请' : ''
}

/** The wishes that were not taken back, of each organisation the last. */
export function standingWishes<A extends { act: string; from?: string }>(history: readonly A[]): A[] {
  const last = new Map<string | undefined, A>()
  for (const a of history) if (a.act === 'wished' || a.act === 'unwished') last.set(a.from, a)
  return [...last.values()].filter((a) => a.act === 'wished')
}

interface Act {
  act: string
  user_name?: string
  to_name?: string
  reason?: string
  note?: string
}

/** A line of the history. label names a reason. */
export function actText(a: Act, label: (code: string) => string): string {
  const who = a.user_name || '系统'
  const why = a.reason ? `：${label(a.reason)}` : ''
  switch (a.act) {
    case 'placed':
      return a.to_name ? `进入${a.to_name}的队列` : '等待分派'
    case 'wished':
      return `${who}申请对接`
    case 'unwished':
      return `${who}撤回了对接申请`
    case 'accepted':
      return `${who}采纳`
    case 'rejected':
      return `${who}不采纳${why}`
    case 'deferred':
      return `${who}暂缓${why}`
    case 'resumed':
      return '暂缓到期，重新进入待处理'
    case 'asked':
      return `${who}提出问题`
    case 'answered':
      return '收到答复'
    case 'handed':
      return `${who}移交给${a.to_name || '另一位技术经理人'}`
    case 'undone':
      return `${who}撤销了决定`
    case 'expired':
      return '需求或成果不再发布，已失效'
    default:
      return '更新'
  }
}

export const moment = (at: string | undefined): string => instant(at, true)
