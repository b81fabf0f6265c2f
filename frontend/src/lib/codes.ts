// Code lists, fetched once per tab when first needed. Labels appear when their list has come.

import { shallowReactive } from 'vue'
import { codeList } from '@/api'
import type { CodeItem } from '@/api/model'

interface Entry {
  items: CodeItem[]
  byCode: Map<string, CodeItem>
  state: 'loading' | 'ready' | 'failed'
}

export interface Codes {
  /** The Chinese label; "…" while the list is on its way; the code in brackets only when nobody knows it. */
  label: (list: string, code: string | undefined) => string
  items: (list: string) => readonly CodeItem[]
  /** The items as a field offers them. */
  options: (list: string) => { value: string; label: string }[]
  /** "江苏省 盐城市 东台市": the label with those above it. */
  path: (list: string, code: string | undefined) => string
}

export type Fetcher = (name: string) => Promise<{ items: CodeItem[] }>

/** Pause before a list that could not be had is asked for again, in ms. */
const retryAfter = 15_000

export function newCodes(fetcher: Fetcher): Codes {
  const lists = shallowReactive(new Map<string, Entry>())

  function entry(name: string): Entry {
    const known = lists.get(name)
    if (known) return known
    const fresh: Entry = { items: [], byCode: new Map(), state: 'loading' }
    // Written after the render that asked: a render must not change what it reads.
    queueMicrotask(() => void load(name))
    return fresh
  }

  const running = new Set<string>()

  async function load(name: string): Promise<void> {
    if (running.has(name) || lists.has(name)) return
    running.add(name)
    try {
      const { items } = await fetcher(name)
      lists.set(name, { items, byCode: new Map(items.map((i) => [i.code, i])), state: 'ready' })
    } catch {
      // Codes are shown meanwhile; forgetting the entry makes whoever shows them ask again.
      lists.set(name, { items: [], byCode: new Map(), state: 'failed' })
      setTimeout(() => lists.delete(name), retryAfter)
    } finally {
      running.delete(name)
    }
  }

  function label(list: string, code: string | undefined): string {
    if (!code) return ''
    const e = entry(list)
    if (e.state === 'loading') return '…'
    return e.byCode.get(code)?.label ?? `未收录（${code}）`
  }

  function path(list: string, code: string | undefined): string {
    if (!code) return ''
    const e = entry(list)
    const names: string[] = []
    for (let item = e.byCode.get(code); item; item = item.parent ? e.byCode.get(item.parent) : undefined) {
      if (!['市辖区', '县'].includes(item.label)) names.unshift(item.label)
    }
    return names.join(' ') || label(list, code)
  }

  const items = (list: string): readonly CodeItem[] => entry(list).items
  return {
    label,
    path,
    items,
    options: (list) => items(list).map((i) => ({ value: i.code, label: i.label })),
  }
}

let shared: Codes | undefined

export function useCodes(): Codes {
  return (shared ??= newCodes(codeList))
}
