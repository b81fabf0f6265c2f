// Uploading with progress, which fetch cannot report.

import {
  ApiError,
  asApiError,
  parseFailure,
  sessionHeaders,
  sessionRenewed,
  url,
  type RequestOptions,
} from './client'
import type { Import } from './model'
import { errorText } from '@/errors.zh'
import type { Kind } from '@/lib/filter'

export interface Upload {
  kind: Kind
  file: File
  /** 0–1 of the bytes sent; then the server reads. */
  progress: (share: number) => void
  signal: AbortSignal
}

/** Sends a file for preview: nothing is written until it is committed. When the session has ended it is sent once more. */
export async function preview(u: Upload): Promise<Import> {
  try {
    return await send(u)
  } catch (cause) {
    if (asApiError(cause).code !== 'unauthorized' || !(await sessionRenewed())) throw cause
    return send(u)
  }
}

function send(u: Upload): Promise<Import> {
  const query: RequestOptions['query'] = { kind: u.kind, mode: 'preview' }
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', url('/imports', query))
    for (const [name, value] of Object.entries(sessionHeaders())) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = (e) => u.progress(e.lengthComputable ? e.loaded / e.total : 0)
    xhr.onerror = () => reject(new ApiError('offline', errorText('offline').title))
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status >= 300) {
        return reject(parseFailure(xhr.status, xhr.responseText, xhr.getResponseHeader('X-Request-Id') ?? ''))
      }
      try {
        resolve(JSON.parse(xhr.responseText) as Import)
      } catch {
        reject(new ApiError('garbled', errorText('garbled').title))
      }
    }
    u.signal.addEventListener('abort', () => {
      xhr.abort()
      reject(u.signal.reason)
    })
    const body = new FormData()
    body.append('file', u.file)
    xhr.send(body)
  })
}
