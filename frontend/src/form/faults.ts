// What the browser finds wrong with a control before anything is sent, in our words instead of its own bubble.

/** As much of an input, a select or a textarea as the words need. */
export interface Control {
  type: string
  validity: Readonly<Partial<ValidityState>>
  validationMessage: string
  min?: string
  max?: string
  step?: string
  minLength?: number
}

const chosen = ['select-one', 'date', 'time', 'datetime-local', 'file', 'radio']

export function faultOf(c: Control, label: string): string {
  // 补助比例（%） is named without its unit.
  const name = label.replace(/（[^（）]*）$/, '')
  const v = c.validity
  if (v.valueMissing) {
    if (c.type === 'checkbox') return `请勾选${name}`
    return `请${chosen.includes(c.type) ? '选择' : '填写'}${name}`
  }
  if (v.badInput) return c.type === 'number' ? `${name}应为数字` : `${name}没有填完整`
  if (v.rangeUnderflow || v.rangeOverflow) return `${name}${boundsOf(c)}`
  if (v.stepMismatch) return `${name}${stepOf(Number(c.step) || 1)}`
  if (v.tooShort) return `${name}至少 ${c.minLength} 个字`
  if (v.typeMismatch && c.type === 'email') return `${name}应写成 name@example.com 的形式`
  if (v.typeMismatch && c.type === 'url') return `${name}应为 https:// 开头的完整网址`
  return c.validationMessage || `${name}填写有误`
}

function boundsOf({ type, min = '', max = '', validity }: Control): string {
  if (type !== 'number')
    return validity.rangeUnderflow ? `不能早于 ${min.replace('T', ' ')}` : `不能晚于 ${max.replace('T', ' ')}`
  if (min && max) return `应在 ${min}～${max} 之间`
  return validity.rangeUnderflow ? `不能小于 ${min}` : `不能大于 ${max}`
}

/** 0.01 allows two decimals. */
function stepOf(step: number): string {
  const decimals = String(step).split('.')[1]?.length ?? 0
  return decimals ? `最多 ${decimals} 位小数` : '应为整数'
}
