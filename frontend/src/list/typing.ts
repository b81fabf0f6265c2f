// What is typed into a filter takes effect once typing pauses; Enter and leaving the box do not wait. Letters on their way
// to becoming 汉字 are no search.

import { onScopeDispose, ref, watch } from 'vue'
import { debounced, useComposition } from '@/lib/ime'

/** Pause of typing after which the rows are read anew, in ms. */
export const typingPause = 300

export function useTyping(value: () => string, change: (value: string) => void) {
  const text = ref(value())
  /** What the list was told last. What comes back of it must not take away what was typed since. */
  let told = value()
  const tell = (): void => {
    later.cancel()
    if (text.value.trim() === told) return
    told = text.value.trim()
    change(told)
  }
  const later = debounced(tell, typingPause)
  onScopeDispose(later.cancel)
  watch(value, (now) => {
    if (now === told) return
    later.cancel()
    text.value = told = now
  })
  const composition = useComposition(later)
  function input(e: Event): void {
    text.value = (e.target as HTMLInputElement).value
    if (composition.composing.value) later.cancel()
    else later()
  }
  return {
    text,
    on: {
      ...composition.on,
      input,
      change: tell,
      keydown: (e: KeyboardEvent) => void (e.key === 'Enter' && !composition.holds(e) && tell()),
    },
  }
}
