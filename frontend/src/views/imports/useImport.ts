// An import from file to result, as a state that only these functions change. The report on the server is what counts: the
// page can be left, and the connection lost, at any time; it comes back to the report by its id, or by the key of its upload.

import { ApiError, asApiError, freshKey, longLimit } from '@/api/client'
import { post } from '@/api/typed'
import type { Import } from '@/api/model'
import { upload } from '@/api/upload'
import type { Kind } from '@/lib/filter'
import { failed } from '@/lib/toast'
import { onScopeDispose, reactive } from 'vue'
import { askEvery, byId, byKey, dismiss, lookEvery, patience, pause, seeks, stopImport } from './reports'
import { atWork, stepOf, type Choice, type Step } from './steps'

export interface ImportState {
  step: Step
  file?: File
  /** 0–1 of the upload. */
  sent: number
  report?: Import
  error?: ApiError
  /** The connection broke, and what became of the import is being asked for. */
  lost?: boolean
  /** It was found again. */
  found?: boolean
  stopping?: boolean
}

export function useImport(opened: (id: string | undefined) => void) {
  const state = reactive<ImportState>({ step: 'choose', sent: 0 })
  let work: AbortController | undefined
  let key = ''
  onScopeDispose(() => work?.abort())

  function take(report: Import): void {
    state.report = report
    state.step = stepOf(report)
  }

  /** Asks until the server answers. */
  async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let n = 1; ; n++) {
      try {
        const answer = await ask()
        state.lost = false
        return answer
      } catch (cause) {
        if (signal.aborted || !asApiError(cause).temporary || n === patience) throw cause
        state.lost = true
        await pause(askEvery)
      }
    }
  }

  /** Looks again and again until the server is done with it. */
  async function follow(id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const report = await patiently(() => byId(id, signal), signal)
      if (signal.aborted) return
      take(report)
      if (!atWork(report)) return
      await pause(lookEvery)
    }
  }

  async function attempt(
    during: Step,
    back: Step,
    act: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    work?.abort()
    const mine = (work = new AbortController())
    Object.assign(state, { step: during, error: undefined, lost: false, found: false })
    try {
      await act(mine.signal)
    } catch (cause) {
      if (work !== mine || mine.signal.aborted) return
      Object.assign(state, { error: asApiError(cause), step: back, lost: false })
    }
  }

  function send(kind: Kind, file: File): Promise<void> {
    Object.assign(state, { file, sent: 0, report: undefined })
    const mine = (key = freshKey())
    return attempt('sending', 'choose', async (signal) => {
      const looking = look(
        (s) => (state.report ? byId(state.report.id, s) : byKey(mine, s)),
        (report) => report.state === 'checking',
        signal,
      )
      try {
        // Nothing is written until it is committed.
        const report = await upload<Import>('/imports', {
          file,
          query: { kind, mode: 'preview', key: mine },
          signal,
          progress: (s) => (state.sent = s),
        })
        if (signal.aborted) return
        take(report)
        opened(report.id)
      } catch (cause) {
        if (signal.aborted || !asApiError(cause).temporary) throw cause
        looking.stop()
        await regain(mine, signal)
      } finally {
        looking.stop()
      }
    })
  }

  /** The answer to an upload was lost: whether the file had arrived is seen in the list. */
  async function regain(wanted: string, signal: AbortSignal): Promise<void> {
    state.lost = true
    let known = state.report
    for (let n = 0; !known && n < seeks; n++) {
      known = await patiently(() => byKey(wanted, signal), signal)
      if (!known && state.sent < 1) break // it had not even left
      if (!known) await pause(askEvery)
    }
    if (!known) throw new ApiError('offline', '连接断了，文件没有传完，没有写入任何内容。请重新上传。')
    opened(known.id)
    await follow(known.id, signal)
    state.found = true
  }

  /** Comes back to an import by its id; anew when what is known of it may be old. */
  function open(id: string, anew = false): Promise<void> {
    if (state.report?.id === id && !anew) return Promise.resolve()
    Object.assign(state, { file: undefined, report: undefined })
    return attempt('opening', 'choose', (signal) => follow(id, signal))
  }

  /** Has the server write; it goes on when the page is left. What it does is seen by looking, not by its answer. */
  function write(ask: (id: string) => Promise<Import>): Promise<void> {
    const report = state.report
    if (!report) return Promise.resolve()
    const back = stepOf(report)
    return attempt('writing', back, async (signal) => {
      // Until it has begun, the report still says that it waits.
      const looking = look(
        (s) => byId(report.id, s),
        (r) => r.state === 'running',
        signal,
      )
      try {
        const answer = await ask(report.id)
        if (!signal.aborted) take(answer)
      } catch (cause) {
        const error = asApiError(cause)
        if (signal.aborted || (error.code !== 'conflict' && !error.temporary)) throw cause
        looking.stop()
        await follow(report.id, signal) // somebody else began it, or the answer was lost
        if (state.step === back) throw cause
        state.found = error.temporary
      } finally {
        looking.stop()
      }
    })
  }

  const commit = (choices: readonly { row: number; choice: Choice }[] = []): Promise<void> =>
    write((id) =>
      post('/imports/{id}/commit', { path: { id }, body: { choices: [...choices] }, limit: longLimit }),
    )
  const drop = (): Promise<void> =>
    write((id) => post('/imports/{id}/drop', { path: { id }, limit: longLimit }))

  /** Halts the writing, or cancels the check. */
  async function stop(): Promise<void> {
    const report = state.report
    if (!report || state.stopping) return
    state.stopping = true
    try {
      const now = await stopImport(report.id)
      work?.abort()
      take(now)
    } catch (cause) {
      if (asApiError(cause).code !== 'conflict') failed(cause)
      else await attempt(state.step, state.step, (signal) => follow(report.id, signal)) // it was done already
    } finally {
      state.stopping = false
    }
  }

  /** Shows how far the server is, while its answer is waited for. */
  function look(
    ask: (signal: AbortSignal) => Promise<Import | undefined>,
    worth: (report: Import) => boolean,
    signal: AbortSignal,
  ) {
    let ended = false
    const clock = setInterval(() => {
      if (state.step === 'sending' && state.sent < 1) return
      void ask(signal)
        .then((report) => {
          if (ended || signal.aborted || !report || !worth(report)) return
          const isNew = !state.report
          take(report)
          if (isNew) opened(report.id)
        })
        .catch(() => undefined) // the answer itself says what is wrong
    }, lookEvery)
    const stop = (): void => {
      ended = true
      clearInterval(clock)
    }
    signal.addEventListener('abort', stop)
    return { stop }
  }

  /** Gives up what is being sent. What has arrived would be checked all the same. */
  function cancel(): void {
    const arrived = state.step === 'sending' && state.sent >= 1
    reset()
    if (arrived) void dismiss(key)
  }

  function reset(): void {
    work?.abort()
    Object.assign(state, {
      step: 'choose',
      file: undefined,
      sent: 0,
      report: undefined,
      error: undefined,
      lost: false,
      found: false,
    })
  }

  return { state, send, open, commit, drop, stop, cancel, reset }
}
