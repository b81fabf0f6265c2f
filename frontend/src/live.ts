// Live updates: one stream per page tells what changed; whoever shows it reads it anew. Events are hints and may be lost,
// so nothing depends on them.

import { onScopeDispose, watch } from 'vue'
import { base } from '@/api/client'
import { debounced } from '@/lib/ime'
import { admitted, session } from '@/session'

export const topics = [
  'queue',
  'inbox',
  'introduction',
  'read',
  'deal',
  'import',
  'job',
  'record',
  'review',
  'signup',
] as const
export type Topic = (typeof topics)[number]

export interface LiveEvent {
  topic: Topic
  object?: { type: string; id: string }
  data?: Record<string, string>
}

type Listener = (e: LiveEvent | undefined) => void

const listeners = new Map<Listener, readonly Topic[]>()
let source: EventSource | undefined
/** Set while a stream that was refused waits to be opened again. */
let clock: ReturnType<typeof setTimeout> | undefined

/** A browser comes back by itself only while the service itself answers; a proxy that says 502 ends the stream. */
const again = 15_000

function tell(topic: Topic | 'resync', text: string): void {
  const e = topic === 'resync' ? undefined : (JSON.parse(text) as LiveEvent)
  for (const [f, wanted] of listeners) if (!e || wanted.includes(e.topic)) f(e)
}

function open(lost = false): void {
  if (source || typeof EventSource === 'undefined') return
  const opened = (source = new EventSource(`${base}/events`))
  for (const topic of [...topics, 'resync'] as const)
    opened.addEventListener(topic, (e) => tell(topic, (e as MessageEvent<string>).data))
  if (lost) opened.addEventListener('open', () => tell('resync', ''), { once: true })
  opened.addEventListener('error', () => {
    if (opened !== source || opened.readyState !== EventSource.CLOSED) return
    close()
    clock = setTimeout(() => open(true), again)
  })
}

function close(): void {
  clearTimeout(clock)
  source?.close()
  source = undefined
}

/** Follows the session: a stream of somebody else's events must not outlive it. Called once, by the page's frame. */
export function followSession(): void {
  watch(
    () => (session.expired ? undefined : admitted.value),
    (user) => {
      close()
      if (user) open()
    },
    { immediate: true },
  )
}

/** Calls f for events of the topics while the component lives; without an event when some were lost. */
export function useLive(wanted: readonly Topic[], f: Listener): void {
  const listener: Listener = (e) => f(e)
  listeners.set(listener, wanted)
  onScopeDispose(() => listeners.delete(listener))
}

/**
 * Calls f once after events of the topics, however many come within pause ms: somebody who works through a list makes many.
 * With an id only what happened to that object counts, and what was lost.
 */
export function useReload(
  wanted: readonly Topic[],
  f: () => unknown,
  pause: number,
  id: () => string | undefined = () => undefined,
): void {
  const again = debounced(() => void f(), pause)
  useLive(wanted, (e) => {
    const only = id()
    if (!only || !e?.object || e.object.id === only) again()
  })
  onScopeDispose(again.cancel)
}
