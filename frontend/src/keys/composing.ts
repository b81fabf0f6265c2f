// Whether an input method is composing, also where the key presses themselves do not say so.

/** Follows the page's compositions; the answer tells whether one is under way where the focus is. */
export function followComposition(page: Document = document): () => boolean {
  let at: EventTarget | null = null
  page.addEventListener('compositionstart', (e) => (at = e.target))
  page.addEventListener('compositionend', () => (at = null))
  // A field that went away while composing reports no end.
  return () => at !== null && at === page.activeElement
}
