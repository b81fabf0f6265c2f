// Where what has the focus goes away, the focus would fall to the beginning of the page: it stays at the place instead.

import { nextTick, watch, type Ref, type WatchSource } from 'vue'

type Place = Readonly<Ref<HTMLElement | null | undefined>>
/** A button of ours, or one of Element Plus. */
type Button = Readonly<Ref<HTMLElement | { ref?: HTMLElement } | null | undefined>>

const reachable = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea'

/** Gives the focus to the first thing of a place that takes it. */
export async function focusIn(frame: Place): Promise<void> {
  await nextTick()
  frame.value?.querySelector<HTMLElement>(reachable)?.focus()
}

/** Keeps the focus in a place when one of the sources changes what stands there. */
export function keepFocus(frame: Place, sources: WatchSource[]): void {
  const within = (): boolean => !!frame.value?.contains(document.activeElement)
  watch(sources, async () => {
    if (!within()) return
    await nextTick()
    if (!within()) void focusIn(frame)
  })
}

/** A form that opens takes the focus; when it has closed, the button that opens it has it. */
export function exchangeFocus(open: WatchSource<unknown>, form: Place, opener: Button): void {
  watch(open, async (now) => {
    if (now) return focusIn(form)
    await nextTick()
    const button = opener.value
    ;(button && 'ref' in button ? button.ref : (button as HTMLElement | null))?.focus()
  })
}
