// Short messages at the foot of the page. What was just done can be undone from there: no question is asked before.

import { reactive } from 'vue'
import { asApiError } from '@/api/client'

export interface Toast {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: string
  /** What can be done about it, beside the text. */
  readonly action?: { label: string; run: () => void | Promise<void> }
}

/** How long a message stays, in ms; one with an action stays longer. */
const stay = { plain: 4000, action: 10_000 }
/** More would hide the page. */
const most = 3

export const toasts = reactive<Toast[]>([])
let last = 0

function show(toast: Omit<Toast, 'id'>): () => void {
  const id = ++last
  toasts.push({ ...toast, id })
  if (toasts.length > most) toasts.splice(0, toasts.length - most)
  setTimeout(() => dismiss(id), toast.action ? stay.action : stay.plain)
  return () => dismiss(id)
}

export function dismiss(id: number): void {
  const i = toasts.findIndex((t) => t.id === id)
  if (i >= 0) toasts.splice(i, 1)
}

export const done = (text: string) => show({ kind: 'done', text })

/** Something was done and can be taken back. */
export const undoable = (text: string, undo: () => void | Promise<void>) =>
  show({ kind: 'done', text, action: { label: '撤销', run: undo } })

/** What went wrong, in the server's words, with the wrong fields. */
export function failed(cause: unknown, retry?: () => void | Promise<void>): () => void {
  const error = asApiError(cause)
  const fields = error.fields.map((f) => f.message).filter((m) => m && !error.message.includes(m))
  const text = [error.message, ...fields.slice(0, 3)].join('；')
  return show({ kind: 'failed', text, action: retry && { label: '重试', run: retry } })
}

/** Runs an action and says how it went; undefined when it failed. */
export async function attempt<T>(run: () => Promise<T>, said?: string): Promise<T | undefined> {
  try {
    const answer = await run()
    if (said) done(said)
    return answer
  } catch (cause) {
    failed(cause)
    return undefined
  }
}
