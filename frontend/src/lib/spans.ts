// Highlighted text. The server marks spans; joined they are the text, so nothing is parsed as HTML.

export interface Span {
  text: string
  hit?: boolean
}

export function plain(spans: readonly Span[] | undefined): string {
  return (spans ?? []).map((s) => s.text).join('')
}

/** Neighbours of one kind become one span: adjacent hits would otherwise show a seam. */
export function merge(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const s of spans) {
    if (s.text === '') continue
    const last = out[out.length - 1]
    if (last && !!last.hit === !!s.hit) last.text += s.text
    else out.push({ text: s.text, hit: !!s.hit })
  }
  return out
}

/**
 * Cuts a long passage to about limit characters around its first hit and marks the cuts with …. Counted in code points:
 * a character outside the BMP is not torn.
 */
export function clip(spans: readonly Span[], limit: number): Span[] {
  const merged = merge(spans)
  const total = merged.reduce((n, s) => n + [...s.text].length, 0)
  if (total <= limit) return merged
  let before = 0
  for (const s of merged) {
    if (s.hit) break
    before += [...s.text].length
  }
  const first = before === total ? 0 : before
  const start = Math.max(0, Math.min(first - Math.floor(limit / 4), total - limit))
  return cut(merged, start, start + limit, total)
}

function cut(spans: readonly Span[], from: number, to: number, total: number): Span[] {
  const out: Span[] = []
  let at = 0
  for (const s of spans) {
    const chars = [...s.text]
    const text = chars.slice(Math.max(0, from - at), Math.max(0, to - at)).join('')
    if (text) out.push({ text, hit: s.hit })
    at += chars.length
  }
  if (from > 0) out.unshift({ text: '…', hit: false })
  if (to < total) out.push({ text: '…', hit: false })
  return merge(out)
}

/** Drops the separator that a list leaves at the end of its last item. */
export function trimmed(spans: readonly Span[]): Span[] {
  const out = merge(spans)
  const last = out[out.length - 1]
  if (last) last.text = last.text.replace(/[；;，,、\s]+$/u, '')
  return merge(out)
}
