import { describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/model'
import { actor, chipsOf } from './narrowed'

const entry = (e: Partial<Schemas['AuditEntry']>) =>
  ({
    seq: 1,
    at: '',
    act: 'user.login',
    object: { type: 'need', id: 'n_1' },
    result: 'done',
    hash: '',
    ...e,
  }) as Schemas['AuditEntry']
const label = (t: string) => ({ need: '技术需求', deal: '项目' })[t] ?? ''

describe('what the audit is narrowed to', () => {
  it('is said in names', () => {
    const rows = [entry({ user: 'u_1', name: '王五', object_title: '净水' })]
    expect(chipsOf({ user: 'u_1', object: 'n_1', object_type: 'need' }, rows, label)).toEqual([
      { text: '操作人：王五', lift: { user: undefined } },
      { text: '对象：技术需求「净水」', lift: { object: undefined, object_type: undefined } },
    ])
  })
  it('is said without ids where there is no name', () => {
    const texts = (q: Record<string, string>) => chipsOf(q, [], label).map((c) => c.text)
    expect(texts({ user: 'u_1', object: 'l_1', object_type: 'deal' })).toEqual([
      '操作人：所选账号',
      '对象：所选的项目',
    ])
    expect(texts({ object: 'x' })).toEqual(['对象：所选的一个'])
    expect(texts({ act: 'user' })).toEqual([])
  })
  it('calls machines the system', () => {
    expect(actor(entry({ name: 'job:deal' }))).toBe('系统')
    expect(actor(entry({}))).toBe('系统')
    expect(actor(entry({ user: 'u_1', name: '王五' }))).toBe('王五')
    expect(actor(entry({ name: '省平台接口' }))).toBe('省平台接口')
  })
})
