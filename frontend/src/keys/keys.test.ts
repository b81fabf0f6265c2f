import { describe, expect, it, vi } from 'vitest'
import type { Router } from 'vue-router'
import { dispatcher, guarded, pairPause } from './index'
import { shortcuts } from './shortcuts'

const body = { tagName: 'BODY' }

describe('guard', () => {
  it.each([
    ['an input method composes', { key: 'g', isComposing: true, target: body }, false, true],
    ['an input method holds the key', { key: 'g', keyCode: 229, target: body }, false, true],
    ['an input method, older browsers', { key: 'Process', target: body }, false, true],
    ['Ctrl', { key: 'g', ctrlKey: true, target: body }, false, true],
    ['Alt', { key: 'g', altKey: true, target: body }, false, true],
    ['Meta', { key: 'g', metaKey: true, target: body }, false, true],
    ['key held down', { key: 'g', repeat: true, target: body }, false, true],
    ['handled already', { key: 'g', defaultPrevented: true, target: body }, false, true],
    ['input', { key: 'g', target: { tagName: 'INPUT' } }, false, true],
    ['textarea', { key: 'g', target: { tagName: 'TEXTAREA' } }, false, true],
    ['select', { key: 'g', target: { tagName: 'SELECT' } }, false, true],
    ['contenteditable', { key: 'g', target: { tagName: 'DIV', isContentEditable: true } }, false, true],
    ['role', { key: 'g', target: { tagName: 'DIV', getAttribute: () => 'combobox' } }, false, true],
    ['dialog open', { key: 'g', target: body }, true, true],
    ['plain key', { key: 'g', target: body }, false, false],
    ['button', { key: '/', target: { tagName: 'BUTTON', getAttribute: () => null } }, false, false],
    ['no target', { key: '/' }, false, false],
  ])('%s', (_, press, dialog, want) => expect(guarded(press, dialog)).toBe(want))
})

describe('dispatcher', () => {
  const setUp = () => {
    let clock = 0
    const ran: string[] = []
    const list = ['/', '?', 'g n', 'g a'].map((keys) => ({ keys, help: '', run: () => ran.push(keys) }))
    const press = dispatcher(
      () => list,
      () => clock,
    )
    return { ran, press, wait: (ms: number) => (clock += ms) }
  }
  it('runs single keys', () => {
    const { ran, press } = setUp()
    expect(press({ key: '/' }, false)).toBe(true)
    expect(press({ key: 'x' }, false)).toBe(false)
    expect(ran).toEqual(['/'])
  })
  it('runs pairs in time', () => {
    const { ran, press, wait } = setUp()
    press({ key: 'g' }, false)
    wait(pairPause - 1)
    press({ key: 'n' }, false)
    expect(ran).toEqual(['g n'])
  })
  it('forgets the first key after a pause', () => {
    const { ran, press, wait } = setUp()
    press({ key: 'g' }, false)
    wait(pairPause)
    press({ key: 'n' }, false)
    expect(ran).toEqual([])
  })
  it('forgets the first key when the focus went into a field', () => {
    const { ran, press } = setUp()
    press({ key: 'g' }, false)
    press({ key: 'n', target: { tagName: 'INPUT' } }, false)
    press({ key: 'n' }, false)
    expect(ran).toEqual([])
  })
  it('does not mind Shift between the two', () => {
    const { ran, press } = setUp()
    press({ key: 'Shift' }, false)
    press({ key: '?' }, false)
    expect(ran).toEqual(['?'])
  })
})

describe('the list', () => {
  const push = vi.fn(() => Promise.resolve())
  const help = vi.fn()
  const list = shortcuts({ push } as unknown as Router, help)
  it('declares each key once, with a sentence', () => {
    const keys = list.map((s) => s.keys)
    expect(new Set(keys).size).toBe(keys.length)
    for (const s of list) expect(s.help, s.keys).not.toBe('')
  })
  it('has no key that is also the start of a pair', () => {
    for (const s of list)
      expect(
        list.some((t) => t.keys.startsWith(`${s.keys} `)),
        s.keys,
      ).toBe(false)
  })
  it('goes where it says', () => {
    list.find((s) => s.keys === 'g n')!.run()
    expect(push).toHaveBeenCalledWith('/search?kind=need')
    list.find((s) => s.keys === '?')!.run()
    expect(help).toHaveBeenCalledOnce()
  })
})
