import { describe, expect, it } from 'vitest'
import { faultOf, type Control } from './faults'

const control = (c: Partial<Control>): Control => ({
  type: 'text',
  validity: {},
  validationMessage: '',
  ...c,
})

describe('what the browser refuses', () => {
  it.each<[string, Partial<Control>, string]>([
    ['姓名', { validity: { valueMissing: true } }, '请填写姓名'],
    ['类型', { type: 'select-one', validity: { valueMissing: true } }, '请选择类型'],
    ['登记日期', { type: 'date', validity: { valueMissing: true } }, '请选择登记日期'],
    ['入驻约定', { type: 'checkbox', validity: { valueMissing: true } }, '请勾选入驻约定'],
    ['补助比例（%）', { type: 'number', validity: { badInput: true } }, '补助比例应为数字'],
    ['施行日期', { type: 'date', validity: { badInput: true } }, '施行日期没有填完整'],
    [
      '答复期限',
      { type: 'number', min: '1', max: '60', validity: { rangeOverflow: true } },
      '答复期限应在 1～60 之间',
    ],
    ['签约额', { type: 'number', min: '0', max: '', validity: { rangeUnderflow: true } }, '签约额不能小于 0'],
    [
      '到账日期',
      { type: 'date', max: '2026-11-23', validity: { rangeOverflow: true } },
      '到账日期不能晚于 2026-11-23',
    ],
    [
      '时间 1',
      { type: 'datetime-local', min: '2026-11-23T09:30', validity: { rangeUnderflow: true } },
      '时间 1不能早于 2026-11-23 09:30',
    ],
    ['在办上限', { type: 'number', validity: { stepMismatch: true } }, '在办上限应为整数'],
    ['签约额', { type: 'number', step: '0.01', validity: { stepMismatch: true } }, '签约额最多 2 位小数'],
    ['登录名', { minLength: 3, validity: { tooShort: true } }, '登录名至少 3 个字'],
    ['邮箱', { type: 'email', validity: { typeMismatch: true } }, '邮箱应写成 name@example.com 的形式'],
    ['地址', { type: 'url', validity: { typeMismatch: true } }, '地址应为 https:// 开头的完整网址'],
    ['编号', { validity: { patternMismatch: true } }, '编号填写有误'],
  ])('says of %s what is to be done', (label, c, want) => expect(faultOf(control(c), label)).toBe(want))
})
