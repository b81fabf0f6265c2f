// What an introduction's states, answers and parties are called and look like, and what follows from an answer.

import type { Schemas } from '@/api/model'

export { levelLabels } from '@/lib/levels'

export type Introduction = Schemas['Introduction']
export type Side = Schemas['IntroductionSide']
export type Party = Schemas['Party']
export type SideName = 'need' | 'achievement'
export type AnswerState = Schemas['AnswerState']
export type Tone = '' | 'ok' | 'warn' | 'bad' | 'brand'

export const sideNames: readonly SideName[] = ['need', 'achievement']

export const partyLabels: Record<Party, string> = {
  need: '需求方',
  achievement: '成果方',
  broker: '技术经理人',
}

export const answerLabels: Record<AnswerState, string> = {
  waiting: '待答复',
  interested: '有意向',
  declined: '无意向',
  more_info: '需补充',
}

const answerTones: Record<AnswerState, Tone> = {
  waiting: 'warn',
  interested: 'ok',
  declined: 'bad',
  more_info: 'brand',
}

/** What a side has answered; once it is over nobody is waited for any more. */
export const answerText = (i: Pick<Introduction, 'state'>, answer: AnswerState): string =>
  answer === 'waiting' && i.state !== 'invited' ? '未答复' : answerLabels[answer]

export const answerTone = (i: Pick<Introduction, 'state'>, answer: AnswerState): Tone =>
  answer === 'waiting' && i.state !== 'invited' ? '' : answerTones[answer]

export const stateLabels: Record<Introduction['state'], string> = {
  invited: '待双方答复',
  interested: '双方有意向',
  declined: '无意向',
  expired: '逾期无响应',
  closed: '已关闭',
}

export const stateTones: Record<Introduction['state'], Tone> = {
  invited: 'warn',
  interested: 'ok',
  declined: 'bad',
  expired: 'bad',
  closed: '',
}

export const otherSide = (s: SideName): SideName => (s === 'need' ? 'achievement' : 'need')

/** The side that is mine; undefined for who looks after both. */
export function mySide(i: Pick<Introduction, 'party'>): SideName | undefined {
  return i.party === 'need' || i.party === 'achievement' ? i.party : undefined
}

/** Whether the next step is mine. */
export function awaitsMe(i: Pick<Introduction, 'party' | 'awaited'>): boolean {
  return !!i.party && i.awaited.includes(i.party)
}

/** "等我方答复", "等成果方答复", "等双方答复"; "" when nothing is awaited. */
export function awaitedText(i: Pick<Introduction, 'party' | 'awaited'>): string {
  if (!i.awaited.length) return ''
  if (sideNames.every((s) => s !== i.party && i.awaited.includes(s))) return '等双方答复'
  const names = i.awaited.map((p) => (p === i.party ? (p === 'broker' ? '我' : '我方') : partyLabels[p]))
  return `等${names.join('、')}答复`
}

/** When the next answer is late: that of my side when I owe one, else the earliest. */
export function dueOf(
  i: Pick<Introduction, 'state' | 'party'> & Record<SideName, Pick<Side, 'due_at'>>,
): string | undefined {
  if (i.state !== 'invited') return undefined
  const mine = mySide(i)
  const own = mine && i[mine].due_at
  if (own) return own
  return [i.need.due_at, i.achievement.due_at].filter((d) => !!d).sort()[0]
}

/** The three answers in the order in which they are offered. */
export type AnswerVerb = 'interested' | 'more_info' | 'declined'

/** What the answers mean to who has not given one before. */
export const answerHints: Record<AnswerVerb, string> = {
  interested: '愿意进一步谈',
  more_info: '先问清楚，再决定',
  declined: '这次不谈，说明原因',
}

/** What a side may say after what it has said; as the server's answerMoves. */
export function offered(now: AnswerState): AnswerVerb[] {
  if (now === 'waiting') return ['interested', 'more_info', 'declined']
  if (now === 'more_info') return ['interested', 'declined']
  return now === 'interested' ? ['declined'] : []
}

/** What happens when the side says so, told before it does. */
export function consequence(verb: AnswerVerb, other: AnswerState, undertaking: boolean): string {
  if (verb === 'declined')
    return '本次对接就此结束。原因会告诉对方和技术经理人，今后的推荐据此改进；结束后不能再改。'
  if (verb === 'more_info')
    return '您的问题会发给所选的一方，等待期间本方的答复期限暂停；收到回复后继续计时。'
  if (other === 'interested')
    return undertaking
      ? '双方都有意向：系统互换联系方式，并建立对接项目；双方签署保密承诺后开放保密内容。'
      : '双方都有意向：系统互换联系方式、互相开放详细内容，并建立对接项目。'
  return '系统会把您的意向告诉对方和技术经理人；对方也有意向后，才互换联系方式。此前您仍可改为无意向。'
}

/** Where the introduction stands and what comes next, in a sentence for who looks. */
export function standing(i: Introduction): string {
  const mine = mySide(i)
  switch (i.state) {
    case 'interested':
      return '双方都有意向，联系方式已经互换，可以直接联系、约会议，后续在对接项目里推进。'
    case 'declined':
      return '一方没有意向，本次对接已结束。'
    case 'expired':
      return '在期限内没有得到答复，系统已关闭本次对接。'
    case 'closed':
      return '技术经理人已关闭本次对接。'
  }
  if (awaitsMe(i) && mine && i[mine].state === 'waiting')
    return '请看过匹配依据后答复。双方都有意向，系统才互换联系方式。'
  if (awaitsMe(i)) return '有一方提了问题，请在留言中回复，对方的答复期限才继续。'
  return awaitedText(i) ? `${awaitedText(i)}。` : ''
}

/** Whom the broker may remind: the sides that owe something. */
export function remindable(
  i: Pick<Introduction, 'id' | 'may' | 'awaited'>,
): { id: string; side: SideName }[] {
  if (!i.may.includes('remind')) return []
  return sideNames.filter((s) => i.awaited.includes(s)).map((side) => ({ id: i.id, side }))
}
