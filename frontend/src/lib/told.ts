// Whoever has a thing before their eyes has read what their inbox says about it: the messages are marked when its page is
// opened, and when more come while it is open.

import { watch } from 'vue'
import type { Schemas } from '@/api/model'
import { post } from '@/api/typed'
import { counts, refreshCounts } from '@/counts'
import { useShown } from './shown'

/** object is what the page shows, undefined until it has been read. */
export function useToldOf(object: () => Schemas['Ref'] | undefined): void {
  const shown = useShown()
  let due = true
  watch(
    [() => object()?.id, () => counts.inbox ?? 0, shown] as const,
    async ([id, unread, visible], [was, before]) => {
      due ||= id !== was || unread > (before ?? 0)
      if (!due || !id || !unread || !visible) return
      due = false
      // Not said to whoever reads when it fails: the messages stay unread, that is all.
      const marked = await post('/inbox/mark', { body: { mark: 'read', object: object()! } }).catch(
        () => undefined,
      )
      if (marked?.changed) refreshCounts('inbox')
    },
    { immediate: true },
  )
}
