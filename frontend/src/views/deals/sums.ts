// Sums are kept in 分 and written in 万元. A 分 is the sixth decimal of 万元; digits are moved, never multiplied, so that
// nothing is lost to binary fractions.

/** 分 in one 万元, as a number of decimal places. */
const places = 6
/** The largest sum the server takes, in 分: 一万亿元. */
const largest = 1e14

export type Sum = { fen: number } | { wrong: string }

/** "12.5", "1,200", "1200 万元", "１２．５" → 分. An empty text is no sum and no mistake. */
export function parseWan(text: string): Sum | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,，]/g, '')
    .replace(/。/g, '.')
    .replace(/万元?$/, '')
  if (!plain) return undefined
  const m = /^(\d+)(?:\.(\d*))?$/.exec(plain)
  if (!m) return { wrong: '请填写数字，单位为万元，如 12.5' }
  const rest = (m[2] ?? '').replace(/0+$/, '')
  if (rest.length > places) return { wrong: '最多精确到分，即万元后六位小数' }
  const fen = Number(m[1] + rest.padEnd(places, '0'))
  return fen > largest ? { wrong: '金额过大，请核对单位是否为万元' } : { fen }
}

/** 分 → "1200.5": what a field holds; "" for nothing. */
export function wanText(fen: number | undefined): string {
  if (!fen) return ''
  const digits = String(Math.abs(fen)).padStart(places + 1, '0')
  const rest = digits.slice(-places).replace(/0+$/, '')
  return (fen < 0 ? '-' : '') + digits.slice(0, -places) + (rest && `.${rest}`)
}

/** 分 → "1,200.5 万元", exact to the 分; "0 万元" for nothing. */
export function wan(fen: number): string {
  const [whole = '0', rest] = (wanText(fen) || '0').split('.')
  const sign = whole.startsWith('-') ? '-' : ''
  const grouped = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${grouped}${rest ? `.${rest}` : ''} 万元`
}

/** 分 → "12,000 元", "0.05 元": as arithmetic on a subsidy is written. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const rest = digits.slice(-2).replace(/0+$/, '')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${whole}${rest ? `.${rest}` : ''} 元`
}

/** The server's sentences write 24000 元; thousands are easier to read apart. */
export const readable = (text: string): string =>
  text.replace(/\d{4,}(?=(\.\d+)? 元)/g, (n) => n.replace(/\B(?=(\d{3})+$)/g, ','))

/** A part of a whole as a percentage for a bar, within 0–100. */
export function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0
}
