// Brokers' questions about one's own records.

import { daysUntil, lastDay } from '@/lib/beijing'
import { date } from '@/lib/format'

export const questionStates = [
  { value: 'open', label: '待答复' },
  { value: 'answered', label: '已答复' },
  { value: 'dropped', label: '不再需要答复' },
] as const

export const maxAnswer = 2000

/** When an answer is expected. The instant given is the first at which it is late, midnight after the last day. */
export function dueText(at: string, now = new Date()): { text: string; late: boolean } {
  const last = lastDay(at)
  const left = daysUntil(last, now) ?? 0
  if (left < 0) return { text: `已超过答复期限 ${-left} 天，请尽快答复`, late: true }
  if (left === 0) return { text: '请在今天答复', late: false }
  return { text: `请在${date(last)}前答复，还有 ${left} 天`, late: false }
}

/** What is wrong with an answer before it is sent; "" when nothing. */
export function complain(answer: string): string {
  const n = [...answer.trim()].length
  if (n === 0) return '请填写答复。'
  if (n > maxAnswer) return `答复有 ${n} 字，最多 ${maxAnswer} 字，请删减。`
  return ''
}
