// What somebody says who wants to join, and what is sent of it.

import type { Schemas } from '@/api/model'

type Input = Schemas['SignUpInput']
export type OrganisationKind = Input['organisation']['kind']

export interface SignUpForm {
  organisation: {
    name: string
    kind: OrganisationKind
    credit_code: string
    region: string
    industry: string
    address: string
    profile: string
  }
  name: string
  position: string
  mobile: string
  email: string
  login: string
  join: boolean
}

export const emptyForm = (): SignUpForm => ({
  organisation: {
    name: '',
    kind: 'enterprise',
    credit_code: '',
    region: '',
    industry: '',
    address: '',
    profile: '',
  },
  name: '',
  position: '',
  mobile: '',
  email: '',
  login: '',
  join: false,
})

export interface KindChoice {
  value: OrganisationKind
  label: string
  /** What such an organisation does here. */
  does: string
}

export const kinds: readonly KindChoice[] = [
  { value: 'enterprise', label: '企业', does: '发布技术需求，查看匹配的成果，与成果单位对接' },
  { value: 'university', label: '高校', does: '发布科技成果，查看匹配的需求，与企业对接' },
  { value: 'institute', label: '科研院所', does: '发布科技成果，查看匹配的需求，与企业对接' },
  { value: 'agency', label: '技术转移机构', does: '作为技术经理人撮合双方、跟进项目与合同' },
]

/** Without what was left empty; the password is kept apart, for it is never stored. */
export function signUpInput(form: SignUpForm, password: string): Input {
  const filled = <T extends Record<string, unknown>>(from: T): T =>
    Object.fromEntries(
      Object.entries(from).flatMap(([k, v]) =>
        typeof v === 'string' ? (v.trim() ? [[k, v.trim()]] : []) : [[k, v]],
      ),
    ) as T
  const { organisation, join, ...person } = form
  const { name, kind, credit_code, region, ...more } = organisation
  return {
    organisation: { name: name.trim(), kind, credit_code: credit_code.trim(), region, ...filled(more) },
    ...filled(person),
    name: person.name.trim(),
    login: person.login.trim(),
    password,
    ...(join ? { join } : {}),
  }
}

/** Whether nothing worth keeping was typed. */
export const blankForm = (form: SignUpForm): boolean => {
  const { organisation, ...person } = form
  return ![organisation.name, organisation.credit_code, person.name, person.login].some((t) => t.trim())
}
