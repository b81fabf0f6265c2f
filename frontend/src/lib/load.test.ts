import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { ApiError } from '@/api/client'
import { slowAfter, useLoad } from './load'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const inScope = <T>(f: () => T): T => effectScope().run(f)!

it('drops the answer of a superseded run', async () => {
  const answers: ((v: string) => void)[] = []
  const load = inScope(() => useLoad(() => new Promise<string>((r) => answers.push(r))))
  void load.run()
  void load.run()
  answers[1]!('second')
  answers[0]!('first')
  await vi.runAllTimersAsync()
  expect(load.data.value).toBe('second')
  expect(load.loading.value).toBe(false)
})

it('tells slow from running', async () => {
  let done = (): void => {}
  const load = inScope(() => useLoad(() => new Promise<void>((r) => (done = r))))
  void load.run()
  await vi.advanceTimersByTimeAsync(slowAfter - 1)
  expect([load.loading.value, load.slow.value]).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(1)
  expect(load.slow.value).toBe(true)
  done()
  await vi.runAllTimersAsync()
  expect([load.loading.value, load.slow.value]).toEqual([false, false])
})

it('keeps the last answer beside an error, and clears the error on success', async () => {
  let fail = false
  const load = inScope(() =>
    useLoad(() => (fail ? Promise.reject(new ApiError('unavailable', '忙')) : Promise.resolve(1))),
  )
  await load.run()
  fail = true
  await load.run()
  expect([load.data.value, load.error.value?.code]).toEqual([1, 'unavailable'])
  fail = false
  await load.run()
  expect(load.error.value).toBeUndefined()
})

it('stops with its page', async () => {
  let signal: AbortSignal | undefined
  const scope = effectScope()
  const load = scope.run(() =>
    useLoad((s) => {
      signal = s
      return new Promise<void>(() => {})
    }),
  )!
  void load.run()
  scope.stop()
  expect(signal?.aborted).toBe(true)
  expect(load.loading.value).toBe(false)
})
