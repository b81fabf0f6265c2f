// Whether the page is before the reader's eyes, and not a tab behind others.

import { onScopeDispose, ref, type Ref } from 'vue'

export function useShown(): Readonly<Ref<boolean>> {
  const shown = ref(document.visibilityState === 'visible')
  const look = (): void => void (shown.value = document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
  return shown
}
