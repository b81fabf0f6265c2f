// Shortcuts: each is declared once, with the sentence that the help shows. The same list feeds the handler and the help.

export interface Shortcut {
  /** One key, or two pressed one after the other: "/", "?", "g n". */
  keys: string
  help: string
  run: () => void
}

/** Pause after which the first key of a pair is forgotten, in ms. */
export const pairPause = 1200

interface Target {
  tagName?: string
  isContentEditable?: boolean
  getAttribute?: (name: string) => string | null
}

export interface KeyPress {
  key: string
  ctrlKey?: boolean
  altKey?: boolean
  metaKey?: boolean
  isComposing?: boolean
  /** 229 is what browsers send while an input method holds the key. */
  keyCode?: number
  repeat?: boolean
  defaultPrevented?: boolean
  target?: unknown
}

const editable = new Set(['INPUT', 'TEXTAREA', 'SELECT'])
const editableRoles = new Set(['textbox', 'combobox', 'searchbox', 'spinbutton', 'listbox'])

/** Whether the key belongs to someone else: an input method, a field, the browser, a dialog. */
export function guarded(e: KeyPress, dialogOpen: boolean): boolean {
  if (dialogOpen || e.defaultPrevented || e.repeat) return true
  if (e.ctrlKey || e.altKey || e.metaKey) return true
  if (e.isComposing || e.keyCode === 229 || e.key === 'Process') return true
  const target = e.target as Target | null | undefined
  if (!target) return false
  if (target.isContentEditable || editable.has(target.tagName ?? '')) return true
  return editableRoles.has(target.getAttribute?.('role') ?? '')
}

/** Turns key presses into runs. Returns whether the press was used. */
export function dispatcher(shortcuts: () => readonly Shortcut[], now: () => number) {
  let pending = ''
  let pendingAt = 0
  return (e: KeyPress, dialogOpen: boolean): boolean => {
    if (guarded(e, dialogOpen)) {
      pending = ''
      return false
    }
    if (e.key === 'Shift') return false
    const list = shortcuts()
    const sequence = pending && now() - pendingAt < pairPause ? `${pending} ${e.key}` : e.key
    pending = ''
    const hit = list.find((s) => s.keys === sequence) ?? list.find((s) => s.keys === e.key)
    if (hit) {
      hit.run()
      return true
    }
    if (list.some((s) => s.keys.startsWith(`${e.key} `))) {
      pending = e.key
      pendingAt = now()
    }
    return false
  }
}
