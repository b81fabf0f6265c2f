// Going through what waits.

interface Waiting {
  record_id: string
}

/**
 * The one after (1) or before (-1) the present one, leaving out those that are answered already. From one that is not in
 * the queue it goes to the first.
 */
export function neighbour<T extends Waiting>(
  items: readonly T[],
  present: string,
  step: 1 | -1,
  answered: (item: T) => boolean,
): T | undefined {
  const at = items.findIndex((r) => r.record_id === present)
  const from = at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step
  for (let i = from; i >= 0 && i < items.length; i += step) {
    const item = items[i]!
    if (!answered(item)) return item
  }
  return undefined
}
