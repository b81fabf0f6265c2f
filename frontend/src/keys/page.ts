// Shortcuts of the page that is shown, beside those that hold everywhere. The same list feeds the help.

import { onScopeDispose, shallowReactive } from 'vue'
import type { Shortcut } from './index'

const pages = shallowReactive<(() => readonly Shortcut[])[]>([])

/** Declares the shortcuts of a component while it lives; the newest come first. */
export function usePageShortcuts(list: () => readonly Shortcut[]): void {
  pages.unshift(list)
  onScopeDispose(() => {
    const i = pages.indexOf(list)
    if (i >= 0) pages.splice(i, 1)
  })
}

export const activeShortcuts = (): Shortcut[] => pages.flatMap((f) => [...f()])
