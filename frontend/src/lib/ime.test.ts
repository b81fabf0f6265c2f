import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { debounced, useComposition } from './ime'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('holds keys while composing and reports the end', () => {
  const finished = vi.fn()
  const c = useComposition(finished)
  expect(c.holds({})).toBe(false)
  c.on.compositionstart()
  expect(c.holds({})).toBe(true)
  c.on.compositionend()
  expect(finished).toHaveBeenCalledOnce()
  expect(c.holds({})).toBe(false)
  expect(c.holds({ keyCode: 229 })).toBe(true)
  expect(c.holds({ isComposing: true })).toBe(true)
})

it('waits for a pause in typing', () => {
  const f = vi.fn()
  const call = debounced(f, 150)
  call()
  vi.advanceTimersByTime(100)
  call()
  vi.advanceTimersByTime(149)
  expect(f).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(f).toHaveBeenCalledOnce()
  call()
  call.cancel()
  vi.runAllTimers()
  expect(f).toHaveBeenCalledOnce()
})
