// The handbooks: which there are, and whose is whose.

import type { Role } from '@/session'

export const books = {
  enterprise: '企业',
  university: '高校院所',
  broker: '技术经理人',
  bureau: '科技主管部门',
  administrators: '三员管理员',
} as const
export type Book = keyof typeof books

export const bookOf: Record<Role, Book> = {
  enterprise: 'enterprise',
  university: 'university',
  broker: 'broker',
  operator: 'bureau',
  system_admin: 'administrators',
  security_admin: 'administrators',
  auditor: 'administrators',
}

const sources = import.meta.glob<string>('../../../../docs/handbook/*.md', {
  query: '?raw',
  import: 'default',
})

export const isBook = (name: unknown): name is Book => typeof name === 'string' && name in books

export function readBook(book: Book): Promise<string> {
  const read = sources[`../../../../docs/handbook/${book}.md`]
  if (!read) throw new Error(`there is no handbook ${book}`)
  return read()
}
