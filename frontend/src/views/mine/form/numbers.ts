// Numbers as people type them, with full-width digits, separators and 万元.

/** Fen in one 万元. */
const wan = 1_000_000

const plain = (text: string): string => text.normalize('NFKC').replaceAll(/[\s,，]/g, '')

/** "12.5" 万元 as fen; undefined when it is no sum. A fen is the sixth decimal. */
export function fenOf(text: string): number | undefined {
  const m = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(plain(text))
  return m ? Number(m[1]) * wan + Number((m[2] ?? '').padEnd(6, '0')) : undefined
}

/** Fen as 万元, without a loss: what fenOf reads. */
export function wanOf(fen: number | undefined): string {
  if (!fen) return ''
  const rest = String(fen % wan)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return Math.floor(fen / wan) + (rest && `.${rest}`)
}

/** "1,200", "-40", "1e5", "5×10^15", "３．５"; undefined when it is no number. */
export function numberOf(text: string): number | undefined {
  const typed = plain(text)
    .replaceAll('−', '-')
    .replace(/[×xX*]10\^?/, 'e')
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(typed) && Number.isFinite(Number(typed))
    ? Number(typed)
    : undefined
}
