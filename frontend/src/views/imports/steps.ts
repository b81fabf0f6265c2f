// An import from file to result, as a state that only these functions change.

import { commitImport, getImport } from '@/api'
import { ApiError, asApiError } from '@/api/client'
import type { Import } from '@/api/model'
import { preview } from '@/api/upload'
import { errorText } from '@/errors.zh'
import { bytes } from '@/lib/format'
import type { Kind } from '@/lib/filter'
import { onScopeDispose, reactive } from 'vue'

export type Step = 'choose' | 'sending' | 'previewed' | 'writing' | 'done' | 'failed'

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

/** Pause between two looks at an import that the server still works on, in ms. */
const lookEvery = 1000

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

export function useImport() {
  const state = reactive<ImportState>({ step: 'choose', sent: 0 })
  let work: AbortController | undefined
  onScopeDispose(() => work?.abort())

  async function attempt(
    during: Step,
    back: Step,
    act: (signal: AbortSignal) => Promise<Import>,
  ): Promise<void> {
    work?.abort()
    const mine = (work = new AbortController())
    state.step = during
    state.error = undefined
    try {
      const report = await act(mine.signal)
      if (work !== mine) return
      state.report = report
      state.step = stepOf(report)
    } catch (cause) {
      if (work !== mine || mine.signal.aborted) return
      state.error = asApiError(cause)
      state.step = back
    }
  }

  return {
    state,
    send: (kind: Kind, file: File, token: string) => {
      state.file = file
      state.sent = 0
      state.report = undefined
      return attempt('sending', 'choose', async (signal) => {
        const report = await preview({ kind, file, token, signal, progress: (s) => (state.sent = s) })
        return settled(report, token, signal)
      })
    },
    commit: (token: string) =>
      attempt('writing', 'previewed', async (signal) => {
        const id = state.report?.id
        if (!id) throw new ApiError('invalid', errorText('invalid').title)
        return settled(await commitImport(id, token, signal), token, signal)
      }),
    cancel: () => {
      work?.abort()
      state.step = state.report ? 'previewed' : 'choose'
    },
    reset: () => {
      work?.abort()
      Object.assign(state, { step: 'choose', file: undefined, sent: 0, report: undefined, error: undefined })
    },
  }
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

async function settled(report: Import, token: string, signal: AbortSignal): Promise<Import> {
  let latest = report
  while (latest.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, lookEvery))
    latest = await getImport(latest.id, token, signal)
  }
  return latest
}
