// 统一社会信用代码 (GB 32100-2015) as it is typed: what is certainly wrong is said at once. A wrong check digit is only
// a hint, for codes of the early pilot carry one.

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** Half width, upper case, without spaces and hyphens. */
export const foldCode = (text: string): string =>
  text.normalize('NFKC').toUpperCase().replaceAll(/[\s-]/g, '')

/** A sentence about the code, "" when nothing is wrong with it. */
export function codeRemark(text: string): string {
  const code = foldCode(text)
  if (!code) return ''
  const stranger = [...code].find((c) => !alphabet.includes(c))
  if (stranger) return `只含数字和大写字母，且不用 I、O、S、V、Z，请核对「${stranger}」`
  if (code.length === 15) return '15 位是旧的营业执照注册号，请填写 18 位统一社会信用代码'
  if (code.length !== 18) return `已填 ${code.length} 位，应为 18 位`
  const sum = weights.reduce((s, w, i) => s + w * alphabet.indexOf(code[i]!), 0)
  return code[17] === alphabet[(31 - (sum % 31)) % 31] ? '' : '校验位不符，请与证照逐位核对'
}
