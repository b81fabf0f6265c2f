/** The entries that hold every word asked for; those whose name holds one come first. */
export function find<T extends { label: string; text: string }>(entries: readonly T[], asked: string): T[] {
  const words = asked.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const holds = (text: string, word: string): boolean => text.toLowerCase().includes(word)
  const found = entries.filter((e) => words.every((w) => holds(e.label + e.text, w)))
  const named = (e: T): number => (words.some((w) => holds(e.label, w)) ? 0 : 1)
  return words.length ? found.sort((a, b) => named(a) - named(b)) : found
}
