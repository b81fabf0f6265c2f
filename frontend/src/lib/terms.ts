/**
 * The terms worth a tag: a single 汉字 says nothing to a reader, though the score may count it. Repeats are dropped, order
 * is kept.
 */
export function telling(terms: readonly { term: string }[]): string[] {
  return [...new Set(terms.map((t) => t.term.trim()))].filter((t) => t !== '' && !/^\p{Script=Han}$/u.test(t))
}
