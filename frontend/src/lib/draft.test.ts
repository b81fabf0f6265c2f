import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useDraft } from './draft'

const store = new Map<string, string>()
let hide: (() => void)[] = []
beforeEach(() => {
  vi.useFakeTimers()
  store.clear()
  hide = []
  vi.stubGlobal('localStorage', {
    getItem: (k: string) => store.get(k) ?? null,
    setItem: (k: string, v: string) => void store.set(k, v),
    removeItem: (k: string) => void store.delete(k),
  })
  vi.stubGlobal('addEventListener', (_: string, f: () => void) => void hide.push(f))
  vi.stubGlobal('removeEventListener', (_: string, f: () => void) => (hide = hide.filter((h) => h !== f)))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function typing() {
  const scope = effectScope()
  const text = ref('')
  const draft = scope.run(() => useDraft('note', text, (t) => !t))!
  return { scope, text, draft }
}

it('keeps what is typed and brings it back', async () => {
  const { text } = typing()
  text.value = '写了一半'
  await nextTick()
  vi.advanceTimersByTime(500)
  const next = typing()
  expect(next.text.value).toBe('写了一半')
  expect(next.draft.restored.value).toBeDefined()
})

it('keeps the last letters when the page is left or reloaded at once', async () => {
  const left = typing()
  left.text.value = '最后几个字'
  await nextTick()
  left.scope.stop()
  expect(typing().text.value).toBe('最后几个字')

  const reloaded = typing()
  reloaded.text.value = '又改了'
  await nextTick()
  for (const f of hide) f()
  expect(typing().text.value).toBe('又改了')
})

it('does not bring back what was sent', async () => {
  const { scope, text, draft } = typing()
  text.value = '发出去了'
  await nextTick()
  draft.clear()
  scope.stop()
  expect(typing().text.value).toBe('')
})
