// Something new has no id to keep its draft under, and may be begun in several tabs at once: each tab holds a place of its
// own until it is closed, so that none writes over what is typed in another.

import { hasDraft } from './draft'

export interface FreeDraft {
  /** For useDraft. */
  key: string
  /** Nothing is kept there any more, or it was left: another may come upon it. */
  leave: () => void
}

/** So many new things of one kind are begun at once, and not one more. */
const places = 9

/** When the place that was left last is free: the browser takes a moment. */
let left: Promise<unknown> = Promise.resolve()

/** A place that no other tab holds: one where something was left unfinished, if there is one. */
export async function freeDraft(key: string): Promise<FreeDraft> {
  const all = Array.from({ length: places }, (_, i) => (i ? `${key}~${i + 1}` : key))
  await left
  for (const place of [...all.filter(hasDraft), ...all.filter((k) => !hasDraft(k))]) {
    const leave = await hold(place)
    if (leave) return { key: place, leave }
  }
  return { key, leave: () => undefined }
}

/** Undefined when another tab holds it. The browser lets go of what a tab held that is closed or crashes. */
async function hold(key: string): Promise<(() => void) | undefined> {
  // Browsers have locks on pages that came encrypted only; without them all tabs share one place.
  const locks = (navigator as Partial<Navigator>).locks
  if (!locks) return () => undefined
  return new Promise((resolve) => {
    const over = locks.request(`jiqiao.draft.${key}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined)
      return new Promise<void>((free) =>
        resolve(() => {
          free()
          left = over.catch(() => undefined)
        }),
      )
    })
    over.catch(() => resolve(() => undefined))
  })
}
