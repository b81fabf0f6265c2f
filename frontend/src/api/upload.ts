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
import { errorText } from '@/errors.zh'

export interface Upload {
  file: File
  query: RequestOptions['query']
  /** 0–1 of the bytes sent; then the server reads. */
  progress: (share: number) => void
  signal: AbortSignal
}

/** Posts a file as a form's field. When the session has ended it is sent once more. */
export async function upload<T>(path: string, u: Upload): Promise<T> {
  try {
    return await send<T>(path, u)
  } catch (cause) {
    if (asApiError(cause).code !== 'unauthorized' || !(await sessionRenewed())) throw cause
    return send<T>(path, u)
  }
}

function send<T>(path: string, u: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', url(path, u.query))
    for (const [name, value] of Object.entries(sessionHeaders())) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = (e) => u.progress(e.lengthComputable ? e.loaded / e.total : 0)
    xhr.onerror = () => reject(new ApiError('offline', errorText('offline').title))
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status >= 300) {
        return reject(parseFailure(xhr.status, xhr.responseText, xhr.getResponseHeader('X-Request-Id') ?? ''))
      }
      try {
        resolve(JSON.parse(xhr.responseText) as T)
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
