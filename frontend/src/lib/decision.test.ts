import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import type { Decision, Match } from '@/api/model'
import { decisionInput, openState, step, type DecisionEvent, type DecisionState } from './decision'

const accepted: Decision = {
  id: 'd_1',
  need_id: 'n_1',
  achievement_id: 'a_1',
  verb: 'accept',
  score: 0.5,
  level: 3,
  model: 'm',
  decided_at: '2026-11-22T00:00:00Z',
}
const play = (events: DecisionEvent[], from: DecisionState = openState()): DecisionState =>
  events.reduce(step, from)
const refused = new ApiError('forbidden', '没有写入权限', 403)

describe('deciding', () => {
  it('goes from open to decided and back', () => {
    expect(play([{ type: 'send' }])).toMatchObject({ sending: true })
    const done = play([{ type: 'send' }, { type: 'decided', decision: accepted }])
    expect(done).toEqual(openState(accepted))
    expect(play([{ type: 'send' }, { type: 'withdrawn' }], done)).toEqual(openState())
  })
  it('offers reasons until one is taken or none', () => {
    expect(play([{ type: 'choose' }]).choosing).toBe(true)
    expect(play([{ type: 'choose' }, { type: 'cancel' }])).toEqual(openState())
    expect(play([{ type: 'choose' }], openState(accepted)).choosing).toBe(false)
  })
  it('keeps what stood, and the reasons, when sending fails', () => {
    const failed = play([{ type: 'choose' }, { type: 'send' }, { type: 'failed', error: refused }])
    expect(failed).toMatchObject({ choosing: true, sending: false, error: refused })
    expect(play([{ type: 'send' }], failed).error).toBeUndefined()
    const kept = play([{ type: 'send' }, { type: 'failed', error: refused }], openState(accepted))
    expect(kept.decision).toBe(accepted)
  })
  it('lets an answer on its way win over an older list', () => {
    const sending = play([{ type: 'send' }])
    expect(step(sending, { type: 'shown' })).toBe(sending)
    expect(step(openState(accepted), { type: 'shown' })).toEqual(openState())
  })
  it('sends once', () => {
    const sending = play([{ type: 'send' }])
    expect(step(sending, { type: 'send' })).toBe(sending)
    expect(step(sending, { type: 'choose' })).toBe(sending)
  })
})

it('tells how the match stood', () => {
  const m = {
    need_id: 'n_1',
    achievement_id: 'a_1',
    score: 0.7,
    level: 4,
    level_label: '强',
    model: 'r1',
  } as Match
  const pair = { need_id: 'n_1', achievement_id: 'a_1', score: 0.7, level: 4, model: 'r1' }
  expect(decisionInput(m, 'reject', 'field', 2, 10)).toEqual({
    ...pair,
    verb: 'reject',
    reason: 'field',
    rank: 2,
    shown: 10,
  })
  expect(decisionInput(m, 'accept', '', 3, 0)).toEqual({ ...pair, verb: 'accept', rank: 3 })
})
