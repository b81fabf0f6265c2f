import { ApiError } from '@/api/client'
import { done, failed } from '@/lib/toast'

/** Puts a text on the clipboard; where that is forbidden, as without https, says so. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    done(said)
  } catch {
    failed(new ApiError('invalid', '浏览器不允许复制，请手工选中后复制'))
  }
}
