// What the owner can do with the record as a whole. What can be taken back is done at once and offers to be undone; what
// cannot is asked for first, with what will happen.

import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { plural } from '@/api'
import { refreshCounts } from '@/counts'
import { attempt, done, undoable } from '@/lib/toast'
import { remove, take, type Outcome, type Step } from './api'
import { askOf, deleting, undoOf, type Ask } from './steps'
import type { Editor } from './useRecord'

export function useSteps(editor: Editor) {
  const router = useRouter()
  const busy = ref(false)
  /** The question that is open. */
  const asked = shallowRef<Ask>()
  /** What the clinic misses, while a submission waits to be confirmed. */
  const doubts = shallowRef<Outcome['diagnosis']>()

  async function send(step: Step, body: { note?: string; valid_until?: string; confirm?: boolean } = {}) {
    busy.value = true
    const record = editor.record.value!
    const out = await attempt(() => take(editor.kind, record.id, step, { version: record.version, ...body }))
    if (out) await editor.refresh()
    busy.value = false
    refreshCounts('reviews')
    return out
  }

  /** Takes steps one after the other; the first that fails ends it. */
  async function back(steps: readonly Step[]): Promise<void> {
    for (const step of steps) if (!(await send(step, step === 'submit' ? { confirm: true } : {}))) return
  }

  async function run(step: Step, body: { note?: string; valid_until?: string } = {}): Promise<void> {
    if (step === 'submit') return submit()
    const from = editor.record.value!.status
    if (!(await send(step, body))) return
    asked.value = undefined
    const undo = undoOf(step, from)
    const said = doneWords[step] ?? '已完成'
    if (undo) undoable(said, () => back(undo))
    else done(said)
  }

  /** The step, or the question that comes before it. */
  function start(step: Step): void {
    const record = editor.record.value!
    const possible = editor.steps.value?.steps.find((s) => s.step === step)
    asked.value = askOf(step, record.status, possible?.reason ?? false, possible?.label ?? '')
    if (!asked.value) void run(step)
  }

  async function submit(confirm = false): Promise<void> {
    const out = await send('submit', { confirm })
    if (!out) return
    doubts.value = out.done ? undefined : out.diagnosis
    if (!out.done) return
    // What the bureau submitted is withdrawn by its owner alone.
    if (editor.steps.value?.actor === 'operator') done('已提交审核，并已通知单位核对')
    else undoable('已提交审核，有结果会通知您', () => back(['withdraw', 'reopen']))
  }

  async function destroy(): Promise<void> {
    const record = editor.record.value!
    busy.value = true
    const gone = await attempt(async () => {
      await remove(editor.kind, record.id, record.version)
      return true
    }, `已删除「${record.title}」`)
    busy.value = false
    if (!gone) return
    asked.value = undefined
    editor.discard()
    void router.push(`/mine/${plural(editor.kind)}`)
  }

  /** Closes what is asked. */
  function close(): void {
    asked.value = undefined
    doubts.value = undefined
  }
  const askToDelete = (): void => void (asked.value = deleting)

  return { busy, asked, doubts, start, run, submit, destroy, close, askToDelete }
}

const doneWords: Partial<Record<Step, string>> = {
  withdraw: '已撤回',
  pause: '已暂停，不再推荐',
  resume: '已恢复发布',
  renew: '已续期',
  confirm: '已确认仍然有效',
  settle: '已标记为办成，不再推荐',
  reopen: '已重新打开',
}

export type StepsHelp = ReturnType<typeof useSteps>
