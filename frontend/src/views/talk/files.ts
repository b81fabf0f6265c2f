// The files of an introduction, shown beside and named in messages.

import { computed, inject, type InjectionKey } from 'vue'
import type { Schemas } from '@/api/model'
import { get } from '@/api/typed'
import { request, url } from '@/api/client'
import { removeFile } from '@/lib/files'
import { useLoad } from '@/lib/load'

export type Attachment = Schemas['Attachment']

export function useFiles(id: () => string) {
  const load = useLoad((signal) => get('/introductions/{id}/attachments', { path: { id: id() }, signal }))
  const items = computed<readonly Attachment[]>(() => load.data.value?.items ?? [])
  const byID = computed(() => new Map(items.value.map((a) => [a.id, a])))
  return {
    load,
    items,
    byID,
    name: (a: string): string => byID.value.get(a)?.name ?? '附件（已删除）',
    add: async (file: File): Promise<Attachment> => {
      const body = new FormData()
      body.append('file', file)
      const made = await request<Attachment>(`/introductions/${encodeURIComponent(id())}/attachments`, {
        method: 'POST',
        body,
        limit: 5 * 60_000,
      })
      void load.run()
      return made
    },
    remove: (a: Attachment): Promise<void> => removeFile(a, load.run),
  }
}

export type Files = ReturnType<typeof useFiles>
export const filesKey: InjectionKey<Files> = Symbol('files')

export function introductionFiles(): Files {
  const files = inject(filesKey)
  if (!files) throw new Error('no files are provided')
  return files
}

export const fileURL = (id: string): string => url(`/attachments/${encodeURIComponent(id)}`)

/** What may be attached, for the file dialog; the server looks into the file. */
export const accepted = '.pdf,.docx,.xlsx,.png,.jpg,.jpeg'
export const largest = 20 * 1024 * 1024
