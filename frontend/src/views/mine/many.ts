// What is done with many of one's own records at once, and what of it did not work.

import { ApiError } from '@/api/client'
import type { AnyRecord } from '@/api/model'
import { post } from '@/api/typed'
import type { Kind } from '@/lib/filter'
import { failed } from '@/lib/toast'

export interface Some {
  id: string
  title: string
  version: number
}

export const submittable = (s: AnyRecord['status']): boolean => s === 'draft' || s === 'returned'
/** What is published is taken back one by one: each with its reason. */
export const revocable = (s: AnyRecord['status']): boolean => submittable(s) || s === 'pending'

/** As many go in one request. */
const atOnce = 200

const labels = { submit: '提交', withdraw: '撤回', reopen: '重新打开' } as const

/** Takes the step of all, tells what was refused, and returns the others as they are now. */
export async function takeMany(
  step: keyof typeof labels,
  kind: Kind,
  rows: readonly Some[],
): Promise<Some[]> {
  const moved: Some[] = []
  try {
    for (let i = 0; i < rows.length; i += atOnce) {
      const part = rows.slice(i, i + atOnce)
      const items = part.map(({ id, version }) => ({ kind, id, version }))
      const results = (await post(`/mine/records/${step}`, { body: { items } })).items
      const wrong = new Map(results.flatMap((r) => (r.error ? [[r.id, r.error.message]] : [])))
      moved.push(...part.filter((r) => !wrong.has(r.id)).map((r) => ({ ...r, version: r.version + 1 })))
      if (wrong.size) failed(new ApiError('invalid', refusal(labels[step], part, wrong)))
    }
  } catch (cause) {
    failed(cause)
  }
  return moved
}

/** One sentence for all that were refused, with the first by name. */
export function refusal(did: string, rows: readonly Some[], wrong: ReadonlyMap<string, string>): string {
  const first = rows.find((r) => wrong.has(r.id))
  return `${wrong.size} 条没有${did}。「${first?.title ?? ''}」：${(first && wrong.get(first.id)) ?? ''}`
}
