// An approval tells the owner and opens the record to everybody: it cannot be taken back. So it is held for a few seconds
// in which it can be, and sent then; leaving the page sends it at once.

import { onScopeDispose, reactive } from 'vue'
import { attempt, undoable } from '@/lib/toast'

/** How long an answer can be taken back, in ms. */
const holdFor = 7000

interface Held {
  key: string
  clock: ReturnType<typeof setTimeout>
  send: () => Promise<unknown>
  back: () => void
  hide: () => void
}

const held = reactive(new Map<string, Held>())

export const isHeld = (key: string): boolean => held.has(key)

/** Sends after a while unless it is taken back; `after` runs when it was sent, or failed. */
export function hold(key: string, said: string, send: () => Promise<unknown>, after: () => void): void {
  const deliver = async (): Promise<void> => {
    held.delete(key)
    await attempt(send)
    after()
  }
  const back = (): void => void takeBack(key)
  const hide = undoable(`${said}（${holdFor / 1000} 秒内可撤销）`, back)
  held.set(key, { key, send: deliver, back, hide, clock: setTimeout(() => void flush(key), holdFor) })
}

function takeBack(key: string): boolean {
  const h = held.get(key)
  if (!h) return false
  clearTimeout(h.clock)
  h.hide()
  held.delete(key)
  return true
}

/** Takes the last answer back; its key, or undefined when there is none. */
export function takeBackLast(): string | undefined {
  const key = [...held.keys()].pop()
  if (key) takeBack(key)
  return key
}

async function flush(key: string): Promise<void> {
  const h = held.get(key)
  if (!h) return
  clearTimeout(h.clock)
  h.hide()
  await h.send()
}

/** What is held is sent when the desk is left; a tab that is closed asks first. */
export function sendOnLeave(): void {
  const leave = (e: BeforeUnloadEvent): void => {
    if (!held.size) return
    e.preventDefault()
    for (const key of [...held.keys()]) void flush(key)
  }
  window.addEventListener('beforeunload', leave)
  onScopeDispose(() => {
    window.removeEventListener('beforeunload', leave)
    for (const key of [...held.keys()]) void flush(key)
  })
}
