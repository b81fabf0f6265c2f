// Moves of deals on a page: at once where nothing needs to be said, by a dialog otherwise, and undone from the toast.

import { ref, shallowRef } from 'vue'
import { useCodes } from '@/lib/codes'
import { attempt, done, undoable } from '@/lib/toast'
import { moveDeal, undoOf } from './moves'
import type { Deal, Plan, Stage, Verb } from './stages'

export function useMoves(changed: (now: Deal) => void) {
  const codes = useCodes()
  const asking = ref(false)
  const question = shallowRef<{ deal: Deal; verb: Verb; to?: Stage }>()

  function ask(deal: Deal, verb: Verb, to?: Stage): void {
    question.value = { deal, verb, to }
    asking.value = true
  }

  /** Says what was done, with the way back. */
  function say(now: Deal, was: Deal): void {
    const text =
      now.stage !== was.stage
        ? `已到「${codes.label('deal_stage', now.stage)}」`
        : now.state === 'open'
          ? '已恢复'
          : `已改为「${codes.label('deal_state', now.state)}」`
    const undo = undoOf(was, now)
    if (!undo) done(text)
    else
      undoable(text, async () => {
        const before = await attempt(undo, '已撤销')
        if (before) changed(before)
      })
    changed(now)
  }

  /** Carries out a plan; false when it failed and what was drawn before must be drawn again. */
  async function carry(deal: Deal, plan: Plan): Promise<boolean> {
    if (!plan.atOnce) {
      ask(deal, plan.verb, plan.to)
      return true
    }
    const now = await attempt(() => moveDeal(deal, plan.verb, { to: plan.to }))
    if (now) say(now, deal)
    return !!now
  }
  return { asking, question, ask, say, carry }
}
