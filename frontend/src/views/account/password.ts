// What a new password must be, said before it is sent. The server decides; this agrees with SecurityPolicy.CheckPassword.

import type { Schemas } from '@/api/model'

export type Rules = Pick<Schemas['SecurityPolicy'], 'min_length' | 'classes' | 'history'>

export interface Check {
  label: string
  met: boolean
}

/** How many of 大写、小写、数字、符号 occur. */
export function classesOf(password: string): number {
  return [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u].filter((c) => c.test(password)).length
}

export function checks(password: string, rules: Rules, own: readonly (string | undefined)[]): Check[] {
  const folded = password.toLowerCase()
  const named = own.some((o) => o && o.length >= 3 && folded.includes(o.toLowerCase()))
  return [
    { label: `至少 ${rules.min_length} 个字符`, met: [...password].length >= rules.min_length },
    {
      label: `大写字母、小写字母、数字、符号中至少 ${rules.classes} 种`,
      met: classesOf(password) >= rules.classes,
    },
    { label: '不含登录名、姓名、手机号或邮箱', met: password !== '' && !named },
  ]
}
