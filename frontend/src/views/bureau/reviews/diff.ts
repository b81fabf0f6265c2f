// What changed between two texts, marked in both: deletions in the old one, insertions in the new one. Chinese is compared
// by character; Latin words and numbers stay whole, since half a number says nothing.

import type { Span } from '@/lib/spans'
import { merge } from '@/lib/spans'

export interface Marked {
  before: Span[]
  after: Span[]
}

/** Above so many comparisons the whole rest is marked: nobody reads such a difference word by word. */
const most = 1_500_000

export function tokens(text: string): string[] {
  return text.match(/[A-Za-z]+|\d+(?:[.,]\d+)*|[\s\S]/gu) ?? []
}

/** Length of the longest common beginning. */
function common(a: readonly string[], b: readonly string[]): number {
  let n = 0
  while (n < a.length && n < b.length && a[n] === b[n]) n++
  return n
}

export function markChanges(before: string, after: string): Marked {
  const [a, b] = [tokens(before), tokens(after)]
  const head = common(a, b)
  const tail = common(a.slice(head).reverse(), b.slice(head).reverse())
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const same = x.length * y.length > most ? { x: new Set<number>(), y: new Set<number>() } : longest(x, y)
  const spans = (all: string[], part: string[], kept: Set<number>): Span[] =>
    merge([
      { text: all.slice(0, head).join(''), hit: false },
      ...part.map((text, i) => ({ text, hit: !kept.has(i) })),
      { text: all.slice(all.length - tail).join(''), hit: false },
    ])
  return { before: spans(a, x, same.x), after: spans(b, y, same.y) }
}

/** The longest common subsequence: which places of either belong to it. */
export function longest(x: readonly string[], y: readonly string[]): { x: Set<number>; y: Set<number> } {
  const wide = y.length + 1
  const table = new Uint32Array((x.length + 1) * wide)
  for (let i = x.length - 1; i >= 0; i--)
    for (let j = y.length - 1; j >= 0; j--)
      table[i * wide + j] =
        x[i] === y[j]
          ? table[(i + 1) * wide + j + 1]! + 1
          : Math.max(table[(i + 1) * wide + j]!, table[i * wide + j + 1]!)
  const kept = { x: new Set<number>(), y: new Set<number>() }
  for (let i = 0, j = 0; i < x.length && j < y.length;) {
    if (x[i] === y[j]) {
      kept.x.add(i++)
      kept.y.add(j++)
    } else if (table[(i + 1) * wide + j]! >= table[i * wide + j + 1]!) i++
    else j++
  }
  return kept
}
