// Where what has the focus goes away, the focus would fall to the beginning of the page: it stays at the place instead.

import { nextTick, watch, type Ref, type WatchSource } from 'vue'

const reachable = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea'

/** Gives the focus to the first thing of a place that takes it. */
export async function focusIn(frame: Ref<HTMLElement | undefined>): Promise<void> {
  await nextTick()
  frame.value?.querySelector<HTMLElement>(reachable)?.focus()
}

/** Keeps the focus in a place when one of the sources changes what stands there. */
export function keepFocus(frame: Ref<HTMLElement | undefined>, sources: WatchSource[]): void {
  const within = (): boolean => !!frame.value?.contains(document.activeElement)
  watch(sources, async () => {
    if (!within()) return
    await nextTick()
    if (!within()) void focusIn(frame)
  })
}
