// Follow-ups by when they are due, and the days to which one is put off. Days are texts like 2026-11-22, in Beijing.

import { put } from '@/api/typed'
import type { Schemas } from '@/api/model'
import { addDays, daysUntil, weekday } from '@/lib/beijing'

export type Task = Schemas['DealTask']
export type TaskItem = Schemas['TaskItem']

export const endOfWeek = (day: string): string => addDays(day, 7 - weekday(day))

export type Bucket = 'late' | 'today' | 'week' | 'later' | 'none' | 'done'

export const bucketLabels: Record<Bucket, string> = {
  late: '已逾期',
  today: '今天',
  week: '本周',
  later: '以后',
  none: '没有定日期',
  done: '已完成',
}

export function bucketOf(t: Pick<Task, 'due' | 'done_at'>, day: string): Bucket {
  if (t.done_at) return 'done'
  if (!t.due) return 'none'
  if (t.due < day) return 'late'
  if (t.due === day) return 'today'
  return t.due <= endOfWeek(day) ? 'week' : 'later'
}

/** In the order of urgency; only the groups that hold something. */
export function grouped<T extends Pick<Task, 'due' | 'done_at'>>(
  tasks: readonly T[],
  day: string,
): { bucket: Bucket; tasks: T[] }[] {
  return (Object.keys(bucketLabels) as Bucket[])
    .map((bucket) => ({ bucket, tasks: tasks.filter((t) => bucketOf(t, day) === bucket) }))
    .filter((g) => g.tasks.length)
}

/** "逾期 3 天", "今天", "明天", "5 天后"; "" for a task without a day. */
export function dueText(due: string | undefined, now: Date): string {
  const n = daysUntil(due, now)
  if (n === undefined) return ''
  if (n < 0) return `逾期 ${-n} 天`
  return n === 0 ? '今天' : n === 1 ? '明天' : `${n} 天后`
}

/** Where a follow-up is put off to; days that are the same are offered once. */
export function postponements(day: string): { label: string; day: string }[] {
  const all = [
    { label: '明天', day: addDays(day, 1) },
    { label: '三天后', day: addDays(day, 3) },
    { label: '下周一', day: addDays(endOfWeek(day), 1) },
    { label: '两周后', day: addDays(day, 14) },
    { label: '一个月后', day: addDays(day, 30) },
  ]
  return all.filter((p, i) => all.findIndex((q) => q.day === p.day) === i)
}

/** Changes a task: what is not named stays as it is. */
export function saveTask(t: Task, change: { due?: string; done?: boolean; title?: string }): Promise<Task> {
  return put('/deals/{id}/tasks/{task}', {
    path: { id: t.deal_id, task: t.id },
    body: { title: t.title, due: t.due ?? '', assignee: t.assignee ?? '', done: !!t.done_at, ...change },
  })
}
