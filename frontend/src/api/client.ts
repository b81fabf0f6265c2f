// The one way to the server: fetch with a time limit, patient retries of reads, and one shape of error.

import { errorText } from '@/errors.zh'

export interface FieldError {
  field: string
  message: string
}

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 0,
    readonly fields: readonly FieldError[] = [],
    readonly requestId = '',
  ) {
    super(message)
    this.name = 'ApiError'
  }

  /** Whether the same request may succeed later. */
  get temporary(): boolean {
    return ['offline', 'slow', 'unavailable', 'timeout', 'too_many', 'garbled'].includes(this.code)
  }
}

export const base = '/api/v1'

/** How long one attempt may take, in ms; matching a long text against a large index is the slowest. */
const limit = 20_000

/** The same for work that grows with the data: writing an import, making a file. */
export const longLimit = 15 * 60_000

/** Pauses before the second and third attempt of a read, in ms. */
const pauses = [400, 1200]

export type QueryValue = string | number | boolean | readonly (string | number)[] | null | undefined

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  query?: Record<string, QueryValue>
  /** JSON, or a FormData as it is. */
  body?: unknown
  /** The version that a change was made from, for If-Match. */
  ifMatch?: number | string
  /** The same write sent again, after a broken connection or a second click, is done once: Idempotency-Key. */
  once?: string
  signal?: AbortSignal
  /** Milliseconds for one attempt, when the usual limit is too short. */
  limit?: number
  /** Reads are retried; a request that only asks, though it is a POST, may say so. */
  idempotent?: boolean
}

export function url(path: string, query: RequestOptions['query'] = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) {
      if (value.length) params.set(name, value.join(','))
    } else if (value !== undefined && value !== null && value !== '' && value !== false) {
      params.set(name, String(value))
    }
  }
  const text = params.toString()
  return base + path + (text ? `?${text}` : '')
}

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const retry = options.idempotent ?? ((options.method ?? 'GET') === 'GET' || !!options.once)
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await send(path, options)
      return (response.status === 204 ? undefined : await response.json()) as T
    } catch (cause) {
      if (options.signal?.aborted) throw cause
      const error = asApiError(cause)
      const pause = pauses[attempt]
      if (!retry || pause === undefined || !['offline', 'unavailable'].includes(error.code)) throw error
      await sleep(pause, options.signal)
    }
  }
}

/** What the signed-in person's session adds to requests, and what is done when it has ended; src/session sets it. */
export interface Guard {
  /** The token against requests forged by other sites; empty when nobody is signed in. */
  csrf: () => string
  /** Whether the server knows of no session any more. */
  ended: () => Promise<boolean>
  /** Asks the person to sign in again; whether it was done, so that the request can be sent once more. */
  renew: () => Promise<boolean>
}

let guard: Guard | undefined

export function guardRequests(g: Guard): void {
  guard = g
}

/** What a request that is not sent from here must carry: an upload that shows its progress. */
export const sessionHeaders = (): Record<string, string> => headers({ method: 'POST' })

/** Asks the person to sign in again, if they were signed in; whether it was done. */
export const sessionRenewed = async (): Promise<boolean> => !!guard?.csrf() && (await guard.renew())

async function send(path: string, options: RequestOptions): Promise<Response> {
  const response = await attempt(path, options)
  if (response.ok) return response
  const error = await failure(response)
  if (!(await sessionEnded(path, error.code)) || !(await guard!.renew())) throw error
  const second = await attempt(path, options)
  if (!second.ok) throw await failure(second)
  return second
}

/** Whoever was not signed in is not asked to do so again. What only the signed-in may see is not there for others. */
async function sessionEnded(path: string, code: string): Promise<boolean> {
  if (path.startsWith('/auth/') || !guard?.csrf()) return false
  return code === 'unauthorized' || (code === 'not_found' && (await guard.ended()))
}

async function attempt(path: string, options: RequestOptions): Promise<Response> {
  const timer = new AbortController()
  const onAbort = (): void => timer.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', onAbort)
  const clock = setTimeout(
    () => timer.abort(new ApiError('slow', errorText('slow').title)),
    options.limit ?? limit,
  )
  try {
    return await fetch(url(path, options.query), {
      method: options.method ?? 'GET',
      headers: headers(options),
      body: payload(options.body),
      signal: timer.signal,
    })
  } catch (cause) {
    const reason: unknown = timer.signal.reason
    throw timer.signal.aborted && reason instanceof ApiError ? reason : cause
  } finally {
    clearTimeout(clock)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

function payload(body: unknown): BodyInit | undefined {
  if (body === undefined) return undefined
  return body instanceof FormData ? body : JSON.stringify(body)
}

function headers(options: RequestOptions): Record<string, string> {
  const out: Record<string, string> = { Accept: 'application/json' }
  if (options.body !== undefined && !(options.body instanceof FormData))
    out['Content-Type'] = 'application/json'
  const csrf = (options.method ?? 'GET') === 'GET' ? '' : guard?.csrf()
  if (csrf) out['X-CSRF-Token'] = csrf
  if (options.ifMatch !== undefined) out['If-Match'] = `"${options.ifMatch}"`
  if (options.once) out['Idempotency-Key'] = options.once
  return out
}

/** A key for `once`, also where the page is not served over https. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
}

/** A proxy in between answers in HTML; its status is all there is to go by. */
async function failure(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  return parseFailure(response.status, text, response.headers.get('X-Request-Id') ?? '')
}

export function parseFailure(status: number, text: string, requestId = ''): ApiError {
  try {
    const body = JSON.parse(text) as { code?: string; message?: string; fields?: FieldError[] }
    if (body.code) {
      return new ApiError(
        body.code,
        body.message || errorText(body.code).title,
        status,
        body.fields ?? [],
        requestId,
      )
    }
  } catch {
    // Not ours: fall through to the status.
  }
  const code = codeOfStatus(status)
  return new ApiError(code, errorText(code).title, status, [], requestId)
}

function codeOfStatus(status: number): string {
  const table: Record<number, string> = {
    400: 'invalid',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
    412: 'conflict',
    413: 'too_large',
    415: 'unsupported',
    428: 'precondition',
    429: 'too_many',
    502: 'unavailable',
    503: 'unavailable',
    504: 'timeout',
  }
  return table[status] ?? 'internal'
}

export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  const code = cause instanceof SyntaxError ? 'garbled' : 'offline'
  return new ApiError(code, errorText(code).title)
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(clock)
      reject(signal.reason)
    })
  })
}
