// Handing candidates over, many in one request, and giving them back to whom they came from.

import { asApiError, freshKey } from '@/api/client'
import { post } from '@/api/typed'
import type { Candidate } from './queuelist'

/** Candidates in one request: few enough that something is seen to go on. */
const atOnce = 50

export interface HandedOver {
  handed: Candidate[]
  /** Why others were not, in the server's words. */
  refused: string[]
}

/** The server says of each what came of it; when a request fails, the rest is left as it is. */
export async function handOver(
  candidates: readonly Candidate[],
  to: string,
  note: string,
  progress: (done: number) => void = () => undefined,
): Promise<HandedOver> {
  const handed: Candidate[] = []
  const refused: string[] = []
  const needs = new Map(candidates.map((c) => [c.id, c.need]))
  for (let from = 0; from < candidates.length; from += atOnce) {
    const ids = candidates.slice(from, from + atOnce).map((c) => c.id)
    try {
      const { items } = await post('/queue/handover', { body: { ids, to, note }, once: freshKey() })
      for (const r of items)
        if (r.candidate) handed.push(r.candidate)
        else refused.push(`「${needs.get(r.id)}」${r.error?.message ?? '没有移交，请重试'}`)
    } catch (cause) {
      const left = candidates.length - from
      refused.push(`${left > 1 ? `有 ${left} 条没有移交：` : ''}${asApiError(cause).message}`)
      break
    }
    progress(Math.min(from + atOnce, candidates.length))
  }
  return { handed, refused }
}

/** Whom the handed ones came from, each with his own; undefined when one was in nobody's queue, where none can be put back. */
export function givenBack(
  handed: readonly Candidate[],
  was: readonly Candidate[],
): Map<string, Candidate[]> | undefined {
  const owners = new Map(was.map((c) => [c.id, c.broker]))
  const back = new Map<string, Candidate[]>()
  for (const c of handed) {
    const owner = owners.get(c.id)
    if (!owner) return undefined
    back.set(owner, [...(back.get(owner) ?? []), c])
  }
  return back.size ? back : undefined
}
