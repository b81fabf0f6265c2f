// How the page is drawn for this person: light or dark, ordinary or large text (适老化). Kept in this browser.

import { reactive, watchEffect } from 'vue'
import { kept } from './keep'

export interface Display {
  theme: 'auto' | 'light' | 'dark'
  large: boolean
}

export const display = kept<Display>('display', { theme: 'auto', large: false })

const night = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)')
const system = reactive({ dark: night?.matches ?? false })
night?.addEventListener('change', (e) => (system.dark = e.matches))

export const isDark = (): boolean =>
  display.value.theme === 'dark' || (display.value.theme === 'auto' && system.dark)

/** Puts the choice on the document, where style.css finds it. */
export function applyDisplay(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('dark', isDark())
    document.documentElement.classList.toggle('large', display.value.large)
  })
}
