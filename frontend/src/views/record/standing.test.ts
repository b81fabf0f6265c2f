import { describe, expect, it } from 'vitest'
import type { Need } from '@/api/model'
import { contactRemark, remarks, standing, type Reader } from './standing'

const need = (change: Partial<Need> = {}): Need => ({
  id: 'n_1',
  version: 1,
  status: 'published',
  title: '某难题',
  owner: { id: 'o_1', name: '甲公司' },
  price: { kind: 'negotiable' },
  contact: {},
  created_at: '',
  updated_at: '',
  bounty: { kind: '' },
  problem: '难题',
  disclosure: 'public',
  ...change,
})
const outside: Reader = { signedIn: false, reveals: false }
const member = { signedIn: true, reveals: false, organisation: 'o_9' }
const broker = { signedIn: true, reveals: true, organisation: 'o_8' }

describe('standing', () => {
  it('of the public before a record that is open', () => {
    const s = standing(need(), outside)
    expect(s).toEqual({ own: false, detailHidden: false, ownerHidden: false, contact: 'none' })
    expect(remarks(s, outside)).toEqual([])
    expect(contactRemark(s, outside)).toContain('登录后可见一部分')
  })
  it('before a summary, with and without its details', () => {
    const outline = need({ disclosure: 'summary', problem: undefined, summary: '摘要' })
    expect(standing(outline, outside).detailHidden).toBe(true)
    expect(remarks(standing(outline, outside), outside).join('')).toContain('只公开了摘要')
    expect(remarks(standing(outline, outside), member).join('')).toContain('联系技术经理人')
    expect(standing(need({ disclosure: 'summary' }), broker).detailHidden).toBe(false)
    expect(standing(outline, { organisation: 'o_1' })).toMatchObject({ own: true, detailHidden: false })
  })
  it('before an owner without a name', () => {
    const hidden = need({ disclosure: 'anonymous', owner: { name: '（单位名称不公开）' } as Need['owner'] })
    expect(standing(hidden, member).ownerHidden).toBe(true)
    expect(remarks(standing(hidden, member), member)[0]).toContain('不公开名称')
  })
  it('before a masked contact', () => {
    const s = standing(need({ contact: { name: '王*', mobile: '138****0000' } }), member)
    expect(s.contact).toBe('masked')
    expect(contactRemark(s, member)).toContain('只显示一部分')
    expect(contactRemark(s, broker)).toBe('')
    expect(standing(need({ contact: { name: '王工', mobile: '13800000000' } }), member).contact).toBe('full')
  })
  it('says nothing to the owner', () => {
    const s = standing(need({ disclosure: 'anonymous' }), { organisation: 'o_1' })
    expect(remarks(s, { ...member, organisation: 'o_1' })).toEqual([])
  })
})
