// The help's order: what the page does, then what holds everywhere, then where one can go.

import type { Shortcut } from './index'

export interface ShortcutGroup {
  title: string
  list: readonly Shortcut[]
}

/** A key that the page has taken for itself is not said twice. */
export function grouped(page: readonly Shortcut[], everywhere: readonly Shortcut[]): ShortcutGroup[] {
  const taken = new Set(page.map((s) => s.keys))
  const rest = everywhere.filter(
    (s, i) => !taken.has(s.keys) && everywhere.findIndex((t) => t.keys === s.keys) === i,
  )
  const goes = (s: Shortcut): boolean => s.keys.startsWith('g ')
  return [
    { title: '本页', list: page },
    { title: '通用', list: rest.filter((s) => !goes(s)) },
    { title: '前往', list: rest.filter(goes) },
  ].filter((g) => g.list.length)
}
