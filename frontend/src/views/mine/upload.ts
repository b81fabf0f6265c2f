// Sending a file with progress, which fetch cannot report.

import { ApiError, parseFailure, url } from '@/api/client'
import { errorText } from '@/errors.zh'
import { session } from '@/session'

export function uploadFile<T>(
  path: string,
  file: File,
  query: Record<string, boolean>,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', url(path, query))
    xhr.setRequestHeader('Accept', 'application/json')
    if (session.csrf) xhr.setRequestHeader('X-CSRF-Token', session.csrf)
    xhr.upload.onprogress = (e) => progress(e.lengthComputable ? e.loaded / e.total : 0)
    xhr.onerror = () => reject(new ApiError('offline', errorText('offline').title))
    xhr.onload = () => {
      const id = xhr.getResponseHeader('X-Request-Id') ?? ''
      if (xhr.status < 200 || xhr.status >= 300) return reject(parseFailure(xhr.status, xhr.responseText, id))
      try {
        resolve(JSON.parse(xhr.responseText) as T)
      } catch {
        reject(new ApiError('garbled', errorText('garbled').title))
      }
    }
    signal.addEventListener('abort', () => {
      xhr.abort()
      reject(signal.reason)
    })
    const body = new FormData()
    body.append('file', file)
    xhr.send(body)
  })
}
