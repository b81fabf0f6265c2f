// What is sent of the form, and what must be put right before.

import type { FieldError } from '@/api/client'
import type { Schemas } from '@/api/model'
import type { Kind } from '@/lib/filter'
import {
  isEmptyMetric,
  metricOf,
  moneyOf,
  type ContactForm,
  type Form,
  type FieldName,
  type MetricRow,
  type MoneyForm,
} from './model'
import { fieldsOf } from './steps'

export type Body = Schemas['NeedInput'] | Schemas['AchievementInput']

const stripped = <T extends { key: number }>({ key, ...rest }: T): Omit<T, 'key'> => rest
const said = (row: object): boolean => Object.entries(row).some(([k, v]) => k !== 'key' && String(v).trim())

/** The record as the API reads it. What is not finished is left out: incomplete rows, sums that are none. */
export function bodyOf(kind: Kind, form: Form): Body {
  const body: Record<string, unknown> = {}
  for (const f of fieldsOf(kind)) body[f.name] = valueOf(form, f.name)
  body.contact = Object.fromEntries(Object.entries(form.contact).map(([k, v]) => [k, v.trim()]))
  if (form.owner.id || form.owner.name) body.owner = { ...form.owner }
  return body as unknown as Body
}

function valueOf(form: Form, name: FieldName): unknown {
  switch (name) {
    case 'metrics':
      return form.metrics.map(metricOf).filter(Boolean)
    case 'ips':
      return form.ips.filter((ip) => ip.kind).map(stripped)
    case 'team':
      return form.team.filter((m) => m.name.trim()).map(stripped)
    case 'price':
      return moneyOf(form.price) ?? { kind: '' }
    case 'bounty': // goes with 揭榜挂帅
      return (form.challenge && moneyOf(form.bounty)) || { kind: '' }
    default: {
      const value = form[name]
      if (Array.isArray(value)) return (value as string[]).filter((v) => v.trim())
      return typeof value === 'string' ? value.trim() : value
    }
  }
}

/** Whether two forms would be sent as different records. */
export const differs = (kind: Kind, a: Form, b: Form): boolean =>
  JSON.stringify(bodyOf(kind, a)) !== JSON.stringify(bodyOf(kind, b))

/** A place of the form and what is wrong there, in the order of the form. `unfinished` does not keep a draft from being saved. */
export interface Problem extends FieldError {
  unfinished?: boolean
}

export function problemsOf(kind: Kind, form: Form, today: string): Problem[] {
  const found: Problem[] = []
  const add = (field: string, message: string, unfinished = false): void => {
    found.push({ field, message, ...(unfinished && { unfinished }) })
  }
  for (const f of fieldsOf(kind)) {
    const value = form[f.name]
    if (f.required && typeof value === 'string' && !value.trim()) add(f.name, `请填写${f.label}`)
    if (f.limit && typeof value === 'string' && [...value].length > f.limit)
      add(f.name, `${f.label}有 ${[...value].length} 个字，最多 ${f.limit} 个`)
    if (f.most && Array.isArray(value) && value.length > f.most) add(f.name, `${f.label}最多 ${f.most} 项`)
    if (f.name === 'metrics') form.metrics.forEach((m, i) => metricProblems(m, `metrics[${i}]`, add))
    if (f.kind === 'money' && (f.name !== 'bounty' || form.challenge))
      moneyProblems(form[f.name] as MoneyForm, f.name, add)
    if (f.name === 'ips')
      form.ips.forEach((ip, i) => said(ip) && !ip.kind && add(`ips[${i}].kind`, '请选择知识产权的类型', true))
    if (f.name === 'team')
      form.team.forEach(
        (m, i) => said(m) && !m.name.trim() && add(`team[${i}].name`, '请填写完成人姓名', true),
      )
    if (f.kind === 'contact') contactProblems(form.contact, add)
    if (f.name === 'valid_until' && form.valid_until && form.valid_until < today)
      add('valid_until', '有效期不能早于今天', true)
    if (f.name === 'summary' && form.disclosure.startsWith('summary') && !form.summary.trim())
      add('summary', '选择了公开摘要，请写一段可以公开的摘要', true)
  }
  return found
}

type Add = (field: string, message: string, unfinished?: boolean) => void

function metricProblems(m: MetricRow, at: string, add: Add): void {
  if (isEmptyMetric(m) || metricOf(m)) return
  if (!m.name.trim()) return add(`${at}.name`, '请填写指标名称', true)
  if (m.comparator === '文字') return add(`${at}.text`, `请用文字说明「${m.name}」`, true)
  const low = m.comparator === '～' ? '下限' : '目标值'
  if (metricOf({ ...m, comparator: '=' }) === undefined)
    return add(
      `${at}.value`,
      m.value.trim() ? `「${m.name}」的${low}应为数字` : `请填写「${m.name}」的${low}`,
      true,
    )
  add(`${at}.upper`, m.comparator === '～' ? '上限应为不小于下限的数字' : '公差应为数字', true)
}

function moneyProblems(m: MoneyForm, at: FieldName, add: Add): void {
  if (moneyOf(m)) return
  if (!m.low.trim() && !m.high.trim()) return add(at, '请填写金额（万元），不便填写请选「面议」', true)
  const order = m.choice === 'range' && moneyOf({ ...m, low: m.high, high: m.low })
  add(at, order ? '金额下限大于上限，请对调' : '金额应为大于 0 的数字，单位万元', true)
}

/** As the server's rules of numbers; a masked one stands for what is stored. */
const numbers = [
  { name: 'mobile', shape: /^1[3-9]\d{9}$/, rule: '手机号应为 1 开头的 11 位数字；座机请填在「座机」' },
  {
    name: 'phone',
    shape: /^(\+?\d{1,3}-)?(0\d{2,3}-?)?\d{7,8}([-转]\d{1,6})?$|^[48]00-?\d{3}-?\d{4}$/,
    rule: '座机号应写成 区号-号码，如 0515-88001234；手机请填在「手机」',
  },
] as const

function contactProblems(c: ContactForm, add: Add): void {
  for (const { name, shape, rule } of numbers) {
    const number = c[name].normalize('NFKC').trim()
    const digits = name === 'mobile' ? number.replace(/[ -]/g, '').replace(/^\+86/, '') : number
    if (digits && !shape.test(digits) && !digits.includes('*')) add(`contact.${name}`, rule, true)
  }
}
