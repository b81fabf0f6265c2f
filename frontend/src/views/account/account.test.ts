import { describe, expect, it } from 'vitest'
import { codeRemark, foldCode } from './creditcode'
import { checks, classesOf } from './password'
import { qrMatrix } from './qr'
import { blankForm, emptyForm, signUpInput } from './signup'

describe('credit code', () => {
  it.each([
    ['', ''],
    ['91320902000080258J', ''],
    ['  9132 0902-0000 80258j ', ''],
    ['91320902000080258K', '校验位不符，请与证照逐位核对'],
    ['9132090200008025', '已填 16 位，应为 18 位'],
    ['320902000080258', '15 位是旧的营业执照注册号，请填写 18 位统一社会信用代码'],
    ['9132090200008025O', '只含数字和大写字母，且不用 I、O、S、V、Z，请核对「O」'],
  ])('%s', (code, want) => expect(codeRemark(code)).toBe(want))
  it('folds full width', () => expect(foldCode('９１３２－ｊ')).toBe('9132J'))
})

describe('password', () => {
  const rules = { min_length: 8, classes: 3, history: 3 }
  const met = (password: string) => checks(password, rules, ['wangjg', '王建国', undefined]).map((c) => c.met)
  it('counts kinds of characters', () => {
    expect(['', 'a', 'aB', 'aB1', 'aB1-'].map(classesOf)).toEqual([0, 1, 2, 3, 4])
  })
  it('says what is missing', () => {
    expect(met('')).toEqual([false, false, false])
    expect(met('abc')).toEqual([false, false, true])
    expect(met('Xinghe-2026')).toEqual([true, true, true])
    expect(met('WangJG-2026')).toEqual([true, true, false])
  })
})

describe('QR code', () => {
  const lines = (text: string) => qrMatrix(text)?.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))
  it('grows with the text, and gives up when it is too long', () => {
    expect([5, 30, 100, 228].map((n) => lines('a'.repeat(n))?.length)).toEqual([21, 25, 37, 53])
    expect(qrMatrix('a'.repeat(231))).toBeUndefined()
  })
  it('has its three finders', () => {
    const m = lines('jiqiao')!
    expect(m[0]).toMatch(/^#######\..*\.#######$/)
    expect(m[20]).toMatch(/^#######\./)
  })
  // Read by an independent decoder when it was written; a change of any module would show.
  it('is what it was', () => expect(lines('hello')?.join('\n')).toMatchSnapshot())
})

describe('sign-up', () => {
  it('sends what was filled in, trimmed, with the password', () => {
    const form = emptyForm()
    form.organisation = {
      ...form.organisation,
      name: ' 盐城某某公司 ',
      credit_code: '91320902000080258J',
      region: '320902',
    }
    form.name = '陈建国 '
    form.login = 'chenjg'
    form.mobile = ' '
    expect(signUpInput(form, 'Xinghe-2026')).toEqual({
      organisation: {
        name: '盐城某某公司',
        kind: 'enterprise',
        credit_code: '91320902000080258J',
        region: '320902',
      },
      name: '陈建国',
      login: 'chenjg',
      password: 'Xinghe-2026',
    })
    expect(signUpInput({ ...form, join: true }, 'x').join).toBe(true)
  })
  it('keeps no empty draft', () => {
    expect(blankForm(emptyForm())).toBe(true)
    expect(blankForm({ ...emptyForm(), login: 'a' })).toBe(false)
  })
})
