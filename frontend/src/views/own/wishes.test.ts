import { describe, expect, it } from 'vitest'
import { askable, asked, askLabel, pairOf, standing, type Shown } from './wishes'

const shown = (change: Partial<Shown>): Shown => ({
  id: 'k_1',
  kind: 'need',
  record_id: 'n_1',
  title: '提高导热率',
  level: 3,
  shown_at: '2026-11-20T02:00:00Z',
  outcome: 'waiting',
  outcome_label: '经理人处理中',
  ...change,
})
const wished_at = '2026-11-20T02:00:00Z'

describe('asking for an introduction', () => {
  it('pairs one’s own record with the other', () => {
    expect(pairOf('need', 'n', 'a')).toEqual({ need_id: 'n', achievement_id: 'a' })
    expect(pairOf('achievement', 'a', 'n')).toEqual({ need_id: 'n', achievement_id: 'a' })
  })
  it.each([
    [undefined, true, ''],
    [shown({}), true, ''],
    [shown({ wished_at, broker_name: '蒋晨' }), false, '已申请对接，蒋晨正在判断'],
    [shown({ wished_at }), false, '已申请对接，等待分派技术经理人'],
    [shown({ outcome: 'rejected', reason_label: '成本不合' }), true, '技术经理人判断暂不合适：成本不合'],
    [shown({ outcome: 'accepted', outcome_label: '已采纳，待邀请' }), false, '已采纳，待邀请'],
    [shown({ outcome: 'invited', outcome_label: '已邀请双方' }), false, '已邀请双方'],
    [shown({ outcome: 'gone', outcome_label: '一方已不再公开' }), true, '一方已不再公开'],
  ])('%#', (s, may, said) => {
    expect(askable(s)).toBe(may)
    expect(standing(s)).toBe(said)
  })
  it('says who answers, and until when', () => {
    const due_at = '2026-11-25T16:00:00Z'
    expect(asked({ id: 'k_1', due_at })).toBe('已申请对接，等待分派技术经理人')
    const made = { id: 'k_1', due_at, broker_name: '蒋晨' }
    expect(asked(made, Date.parse('2026-11-22T16:00:00Z'))).toBe('已转给技术经理人蒋晨，2026年11月25日前答复')
    expect(asked(made, Date.parse('2026-11-26T16:00:00Z'))).toBe('已转给技术经理人蒋晨')
  })
  it('asks again only who asked before', () => {
    expect(askLabel(undefined)).toBe('申请对接')
    expect(askLabel(shown({ outcome: 'rejected' }))).toBe('申请对接')
    expect(askLabel(shown({ outcome: 'rejected', wished_at }))).toBe('再次申请对接')
  })
})
