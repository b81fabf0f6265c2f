// Reports of imports as the server has them, and what is asked of it when the page has lost sight of one.

import { get, post } from '@/api/typed'
import type { Import } from '@/api/model'

/** Pauses between two looks at an import that the server works on, and between two attempts to reach it, in ms. */
export const lookEvery = 400
export const askEvery = 2000
/** How often it is tried to reach the server: some minutes, each attempt being several of its own. */
export const patience = 60
/** How often a file that has arrived is looked for: it may wait for its turn before there is a report. */
export const seeks = 5

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const byId = (id: string, signal: AbortSignal): Promise<Import> =>
  get('/imports/{id}', { path: { id }, signal })

/** The newest imports are few: what was just sent is among them. */
export async function byKey(key: string, signal?: AbortSignal): Promise<Import | undefined> {
  const { items } = await get('/imports', { query: { limit: 10 }, signal })
  return items.find((i) => i.key === key)
}

export const stopImport = (id: string): Promise<Import> => post('/imports/{id}/stop', { path: { id } })

/** Cancels the check of an upload as soon as there is one. */
export async function dismiss(key: string): Promise<void> {
  for (let n = 0; n < seeks; n++) {
    const found = await byKey(key).catch(() => undefined)
    if (found?.state === 'checking') await stopImport(found.id).catch(() => undefined)
    if (found) return
    await pause(askEvery)
  }
}
