// A broker's decision about one match: what can happen, and what follows. Nothing is asked twice; everything is undone.

import type { ApiError } from '@/api/client'
import type { Decision, DecisionInput, Match } from '@/api/model'

export type Verb = Decision['verb']

export const verbLabels: Record<Verb, string> = { accept: '采纳', reject: '不采纳', defer: '暂缓' }

export interface DecisionState {
  /** What stands, as the server knows it. */
  decision?: Decision
  /** The reasons for a rejection are offered. */
  choosing: boolean
  sending: boolean
  error?: ApiError
}

export type DecisionEvent =
  | { type: 'shown'; decision?: Decision }
  | { type: 'choose' }
  | { type: 'cancel' }
  | { type: 'send' }
  | { type: 'decided'; decision: Decision }
  | { type: 'withdrawn' }
  | { type: 'failed'; error: ApiError }

export const openState = (decision?: Decision): DecisionState => ({
  decision,
  choosing: false,
  sending: false,
})

export function step(s: DecisionState, e: DecisionEvent): DecisionState {
  switch (e.type) {
    case 'shown':
      // The list came again, perhaps while an answer is on its way: that answer knows better.
      return s.sending ? s : openState(e.decision)
    case 'choose':
      return s.sending || s.decision ? s : { ...s, choosing: true, error: undefined }
    case 'cancel':
      return { ...s, choosing: false, error: undefined }
    case 'send':
      return s.sending ? s : { ...s, sending: true, error: undefined }
    case 'decided':
      return openState(e.decision)
    case 'withdrawn':
      return openState()
    case 'failed':
      return { ...s, sending: false, error: e.error }
  }
}

/** What is sent: the pair, the verdict, and how the match stood before the broker's eyes. */
export function decisionInput(
  m: Match,
  verb: Verb,
  reason: string,
  rank: number,
  shown: number,
): DecisionInput {
  const { need_id, achievement_id, score, level, model } = m
  const input: DecisionInput = { need_id, achievement_id, verb, score, level, model, rank }
  if (shown >= rank) input.shown = shown
  if (reason) input.reason = reason
  return input
}
