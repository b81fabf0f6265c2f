// How the page is drawn for this person: light or dark, ordinary or large text (适老化). Kept in this browser.

import { reactive, watchEffect } from 'vue'

export interface Display {
  theme: 'auto' | 'light' | 'dark'
  large: boolean
}

const name = 'jiqiao.display'

export const display = reactive<Display>({ theme: 'auto', large: false, ...read() })

function read(): Partial<Display> {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<Display>
  } catch {
    return {}
  }
}

const night = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)')
const system = reactive({ dark: night?.matches ?? false })
night?.addEventListener('change', (e) => (system.dark = e.matches))

export const isDark = (): boolean => display.theme === 'dark' || (display.theme === 'auto' && system.dark)

/** Puts the choice on the document, where style.css finds it. */
export function applyDisplay(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', isDark())
    document.documentElement.classList.toggle('large', display.large)
    try {
      localStorage.setItem(name, JSON.stringify(display))
    } catch {
      // It is a comfort; the next visit starts anew.
    }
  })
}
