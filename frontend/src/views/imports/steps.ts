// An import from file to result, as a state that only these functions change. The report on the server is what counts: the
// page can be left at any time and comes back to it by its id.

import { ApiError, asApiError, longLimit } from '@/api/client'
import { get, post } from '@/api/typed'
import type { Import, Schemas } from '@/api/model'
import { upload } from '@/api/upload'
import { bytes } from '@/lib/format'
import type { Kind } from '@/lib/filter'
import { onScopeDispose, reactive } from 'vue'

export type Step = 'choose' | 'sending' | 'opening' | 'previewed' | 'writing' | 'done' | 'failed'
export type Choice = Schemas['RowChoice']

export interface ImportState {
  step: Step
  file?: File
  /** 0–1 of the upload. */
  sent: number
  report?: Import
  error?: ApiError
}

export const accepted = ['.xlsx', '.csv', '.jsonl']
export const maxFile = 256 * 1024 * 1024

/** Pause between two looks at an import that the server works on, in ms. */
const lookEvery = 400

/** What is wrong with a file before it is sent; "" when nothing. */
export function complain(file: { name: string; size: number }): string {
  const name = file.name.toLowerCase()
  if (name.endsWith('.xls')) return '不支持旧版 xls，请另存为 xlsx 后再选。'
  if (name.endsWith('.xlsm')) return '不支持带宏的 xlsm，请另存为 xlsx 后再选。'
  if (!accepted.some((a) => name.endsWith(a))) return '请选择 xlsx、csv 或 jsonl 文件。'
  if (file.size === 0) return '这个文件是空的。'
  if (file.size > maxFile) return `文件有 ${bytes(file.size)}，超过 256 MB，请拆分后分批导入。`
  return ''
}

export function stepOf(report: Import): Step {
  const steps: Record<Import['state'], Step> = {
    running: 'writing',
    previewed: 'previewed',
    done: 'done',
    failed: 'failed',
  }
  return steps[report.state]
}

/** How far the writing has come, 0–1. In a preview the counts are predictions. */
export function written(report: Import): number {
  if (report.state === 'done') return 1
  if (report.state !== 'running' || !report.total) return 0
  return Math.min(
    1,
    (report.created + report.updated + report.unchanged + report.failed + report.skipped) / report.total,
  )
}

export function useImport(opened: (id: string | undefined) => void) {
  const state = reactive<ImportState>({ step: 'choose', sent: 0 })
  let work: AbortController | undefined
  onScopeDispose(() => work?.abort())

  function take(report: Import): void {
    state.report = report
    state.step = stepOf(report)
  }

  /** Looks again and again until the server is done with it. */
  async function follow(id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const report = await get('/imports/{id}', { path: { id }, signal })
      if (signal.aborted) return
      take(report)
      if (report.state !== 'running') return
      await new Promise((resolve) => setTimeout(resolve, lookEvery))
    }
  }

  async function attempt(
    during: Step,
    back: Step,
    act: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    work?.abort()
    const mine = (work = new AbortController())
    state.step = during
    state.error = undefined
    try {
      await act(mine.signal)
    } catch (cause) {
      if (work !== mine || mine.signal.aborted) return
      state.error = asApiError(cause)
      state.step = back
    }
  }

  function send(kind: Kind, file: File): Promise<void> {
    Object.assign(state, { file, sent: 0, report: undefined })
    return attempt('sending', 'choose', async (signal) => {
      // Nothing is written until it is committed.
      const report = await upload<Import>('/imports', {
        file,
        query: { kind, mode: 'preview' },
        signal,
        progress: (s) => (state.sent = s),
      })
      if (signal.aborted) return
      take(report)
      opened(report.id)
    })
  }

  /** Comes back to an import by its id. */
  function open(id: string): Promise<void> {
    if (state.report?.id === id) return Promise.resolve()
    Object.assign(state, { file: undefined, report: undefined })
    return attempt('opening', 'choose', (signal) => follow(id, signal))
  }

  /** Writes; the server goes on when the page is left. What it does is seen by looking, not by its answer. */
  function commit(choices: readonly { row: number; choice: Choice }[]): Promise<void> {
    const report = state.report
    if (!report) return Promise.resolve()
    return attempt('writing', 'previewed', async (signal) => {
      const asked = post('/imports/{id}/commit', {
        path: { id: report.id },
        body: { choices: [...choices] },
        limit: longLimit,
      })
      // Until it has begun, the report still says that it waits.
      const looking = look(report.id, signal)
      try {
        take(await asked)
      } catch (cause) {
        if (asApiError(cause).code !== 'conflict') throw cause
        await follow(report.id, signal) // somebody else began it
      } finally {
        looking.stop()
      }
    })
  }

  function look(id: string, signal: AbortSignal) {
    const clock = setInterval(() => {
      void get('/imports/{id}', { path: { id }, signal })
        .then((report) => {
          if (report.state === 'running' && state.step === 'writing') state.report = report
        })
        .catch(() => undefined) // the commit's own answer says what is wrong
    }, lookEvery)
    return { stop: () => clearInterval(clock) }
  }

  function reset(): void {
    work?.abort()
    Object.assign(state, { step: 'choose', file: undefined, sent: 0, report: undefined, error: undefined })
  }

  return { state, send, open, commit, reset }
}
