import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { typingPause, useTyping } from './typing'

describe('typing into a filter', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const value = ref('')
  const told: string[] = []
  function box() {
    value.value = ''
    told.length = 0
    const scope = effectScope()
    const typing = scope.run(() =>
      useTyping(
        () => value.value,
        (text) => void told.push(text),
      ),
    )!
    const type = (text: string): void => typing.on.input({ target: { value: text } } as unknown as Event)
    const enter = (e: Partial<KeyboardEvent> = {}): void =>
      typing.on.keydown({ key: 'Enter', ...e } as KeyboardEvent)
    return { ...typing, type, enter, scope }
  }

  it('waits for a pause, and tells each text once', () => {
    const b = box()
    b.type('激')
    vi.advanceTimersByTime(typingPause - 1)
    b.type('激光 ')
    expect(told).toEqual([])
    vi.advanceTimersByTime(typingPause)
    b.enter()
    b.on.change()
    expect(told).toEqual(['激光'])
  })
  it('does not wait for Enter', () => {
    const b = box()
    b.type('激光')
    b.enter()
    vi.advanceTimersByTime(typingPause)
    expect(told).toEqual(['激光'])
  })
  it('lets the input method finish, whose Enter is not its own', () => {
    const b = box()
    b.on.compositionstart()
    b.type('ji guang')
    b.enter({ isComposing: true })
    vi.advanceTimersByTime(typingPause)
    expect(told).toEqual([])
    b.type('激光')
    b.on.compositionend()
    b.enter({ keyCode: 229 })
    expect(told).toEqual([])
    vi.advanceTimersByTime(typingPause)
    expect(told).toEqual(['激光'])
  })
  it('keeps what was typed while its echo was on the way, and follows what others set', async () => {
    const b = box()
    b.type('激')
    b.enter()
    b.type('激光')
    value.value = '激'
    await nextTick()
    expect(b.text.value).toBe('激光')
    value.value = '焊接'
    await nextTick()
    vi.advanceTimersByTime(typingPause)
    expect([b.text.value, told]).toEqual(['焊接', ['激']])
  })
  it('says nothing after the list has gone', () => {
    const b = box()
    b.type('激光')
    b.scope.stop()
    vi.advanceTimersByTime(typingPause)
    expect(told).toEqual([])
  })
})
