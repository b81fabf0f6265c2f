// Typing with an input method: between compositionstart and compositionend the box holds letters on their way to
// becoming 汉字, and Enter chooses a candidate. Neither may search.

import { ref, type Ref } from 'vue'

export interface Composition {
  composing: Ref<boolean>
  on: { compositionstart: () => void; compositionend: () => void }
  /** Whether a key press belongs to the input method. Safari sends the closing Enter after compositionend. */
  holds: (e: { isComposing?: boolean; keyCode?: number }) => boolean
}

export function useComposition(finished: () => void = () => undefined): Composition {
  const composing = ref(false)
  return {
    composing,
    on: {
      compositionstart: () => void (composing.value = true),
      compositionend: () => {
        composing.value = false
        finished()
      },
    },
    holds: (e) => composing.value || !!e.isComposing || e.keyCode === 229,
  }
}

/** Calls f once typing has paused for ms; cancel drops a call that waits, flush makes it at once. */
export function debounced(f: () => void, ms: number): { (): void; cancel: () => void; flush: () => void } {
  let clock: ReturnType<typeof setTimeout> | undefined
  const cancel = (): void => {
    clearTimeout(clock)
    clock = undefined
  }
  const run = (): void => {
    clock = undefined
    f()
  }
  const call = (): void => {
    clearTimeout(clock)
    clock = setTimeout(run, ms)
  }
  const flush = (): void => {
    if (clock === undefined) return
    clearTimeout(clock)
    run()
  }
  return Object.assign(call, { cancel, flush })
}
