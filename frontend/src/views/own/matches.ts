// One's own published records, to choose from.

import type { Schemas } from '@/api/model'

export interface Choice {
  id: string
  title: string
  /** How many of its pairs brokers were shown, how many of them go on, and how many came to nothing. */
  shown: number
  going: number
  declined: number
}

export function choicesOf(
  records: readonly { id: string; title: string }[],
  counts: readonly Schemas['ShownRecord'][],
): Choice[] {
  const known = new Map(counts.map((c) => [c.id, c]))
  return records.map(({ id, title }) => {
    const c = known.get(id)
    return { id, title, shown: c?.shown ?? 0, going: c?.going ?? 0, declined: c?.declined ?? 0 }
  })
}

/** The record after or before the current one; undefined at the ends. */
export function stepFrom(
  records: readonly Choice[],
  current: string | undefined,
  by: 1 | -1,
): Choice | undefined {
  const at = records.findIndex((r) => r.id === current)
  return at < 0 ? records[0] : records[at + by]
}
