// The steps of a record's life as its owner meets them: which are asked about first, and which can be taken back by what.

import type { AnyRecord } from '@/api/model'
import type { Step } from './api'

type Status = AnyRecord['status']

/** A question before a step that cannot simply be taken back, or that needs something to be said. */
export interface Ask {
  step: Step | 'delete'
  title: string
  /** What will happen. */
  text: string
  reason: boolean
  date: boolean
}

/** The steps that lead back to where the record was; undefined when none do. */
export function undoOf(step: Step, from: Status): readonly Step[] | undefined {
  const shown = from === 'published'
  switch (step) {
    case 'pause':
      return ['resume']
    case 'resume':
      return ['pause']
    case 'settle':
      return shown ? ['reopen'] : from === 'paused' ? ['reopen', 'pause'] : undefined
    case 'reopen':
      return from === 'settled' ? ['settle'] : ['withdraw']
    case 'withdraw':
      if (from === 'draft' || from === 'returned') return ['reopen']
      return from === 'pending' ? ['reopen', 'submit'] : undefined
    default:
      return undefined
  }
}

export function askOf(step: Step, from: Status, reason: boolean, label: string): Ask | undefined {
  if (step === 'renew')
    return {
      step,
      title: '续期',
      text: from === 'expired' ? '续期后立即恢复发布，继续推荐。' : '到期前续期，推荐不会中断。',
      reason: false,
      date: true,
    }
  if (step === 'withdraw' && reason)
    return {
      step,
      title: label,
      text:
        from === 'engaged'
          ? '撤回后不再公开，正在进行的对接会受影响。重新打开后要再次提交审核才能发布。'
          : '撤回后不再公开，也不再推荐。重新打开后要再次提交审核才能发布；只是暂时不想被推荐，可以选「暂停」。',
      reason: true,
      date: false,
    }
  if (step === 'settle' && !undoOf(step, from))
    return { step, title: label, text: '标记后不再公开推荐。', reason, date: false }
  return reason ? { step, title: label, text: '', reason: true, date: false } : undefined
}

export const deleting: Ask = {
  step: 'delete',
  title: '删除',
  text: '删除后不能恢复，附件和历史版本一并不可见。只是不想公开，可以不删，留作草稿。',
  reason: false,
  date: false,
}

export const deletable = (s: Status): boolean => ['draft', 'returned', 'withdrawn'].includes(s)

/** The steps that make a record that rests ready to be changed again. */
export const reviving = <S extends { step: Step }>(possible: readonly S[]): S[] =>
  possible.filter((s) => s.step === 'reopen' || s.step === 'renew')

/** What a step does, beside its button. */
const hints: Partial<Record<Step, string>> = {
  submit: '交主管部门审核',
  withdraw: '不再公开，别人看不到',
  pause: '暂时不再推荐，可随时恢复',
  resume: '重新开始推荐',
  renew: '推迟有效期',
  confirm: '告诉平台内容没有变化',
  settle: '已经办成，不再推荐',
  reopen: '再次使用这条记录',
}
export const hintOf = (s: Step, from?: Status): string =>
  s === 'withdraw' && from === 'pending' ? '退出审核，重新打开后可以修改再提交' : (hints[s] ?? '')
