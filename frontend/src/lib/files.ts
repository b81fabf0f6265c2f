// Attached files are taken away at once, and brought back from the toast; the server keeps them a few minutes for that.

import { del, post } from '@/api/typed'
import { attempt, undoable } from './toast'

export async function removeFile(file: { id: string; name: string }, changed: () => void): Promise<void> {
  const path = { id: file.id }
  if (!(await attempt(async () => (await del('/attachments/{id}', { path }), true)))) return
  changed()
  undoable(`已删除「${file.name}」`, async () => {
    await attempt(() => post('/attachments/{id}/restore', { path }), `已恢复「${file.name}」`)
    changed()
  })
}
