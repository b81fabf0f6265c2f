// Moving a deal through the service, and taking the move back.

import { post } from '@/api/typed'
import type { Schemas } from '@/api/model'
import { rank, type Deal, type Stage, type Verb } from './stages'

export const verbLabels: Record<Verb, string> = {
  advance: '推进阶段',
  back: '退回之前的阶段',
  pause: '暂缓',
  return: '退回补充',
  resume: '恢复',
  end: '终止',
}

/** What the move means, for whoever is about to do it. */
export const verbMeaning: Record<Verb, string> = {
  advance: '项目进入之后的阶段。跨过中间阶段要说明原因。',
  back: '项目回到之前的阶段，要说明原因。已有到账或已认定登记的，不能退回到签约之前。',
  pause: '项目暂时不推进，任务不再提醒，随时可以恢复。',
  return: '需求或成果的材料不够，请对方补充后再恢复。',
  resume: '项目从现在的阶段继续推进，要说明原因。',
  end: '项目到此结束，需求和成果可以重新与其他单位对接。之后仍可恢复，除非这对需求与成果已有新的项目。',
}

export type Words = Omit<Schemas['DealMove'], 'version'>

export function moveDeal(d: Deal, verb: Verb, words: Words = {}): Promise<Deal> {
  return post(`/deals/{id}/${verb}`, { path: { id: d.id }, body: { version: d.version, ...words } })
}

const undone = '撤销刚才的操作'

/** How the move from `was` is taken back; undefined when it cannot be. */
export function undoOf(was: Deal, now: Deal): (() => Promise<Deal>) | undefined {
  if (now.stage === 'closed') return undefined
  if (was.state === 'open' && now.state !== 'open') return () => moveDeal(now, 'resume', { note: undone })
  if (was.stage === now.stage) return undefined
  const to: Stage = was.stage
  return () => moveDeal(now, rank(was.stage) < rank(now.stage) ? 'back' : 'advance', { to, note: undone })
}
