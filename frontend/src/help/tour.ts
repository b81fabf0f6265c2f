// When the tour is shown: on the first visit of the workbench, once for each account in this browser, and whenever asked for.

import { ref, watch } from 'vue'
import { useRoute, useRouter, type Router } from 'vue-router'
import { kept } from '@/lib/keep'
import { session } from '@/session'

/** The accounts that have seen theirs; "off" shows none by itself, as in tests and on shared screens. */
const seen = kept<Record<string, boolean> | 'off'>('tours', {})
export const running = ref(false)

export const isSeen = (all: Readonly<Record<string, boolean>> | 'off', account: string): boolean =>
  all === 'off' || !!all[account]

/** Follows where the person is, for as long as the calling component lives. */
export function followTours(): void {
  const route = useRoute()
  const router = useRouter()
  watch(
    () => [route.path, session.user?.id, session.mustChangePassword] as const,
    async ([path, account, mustChange]) => {
      if (path !== '/work' || !account) {
        running.value = false
        return
      }
      await router.isReady()
      if (!mustChange && !isSeen(seen.value, account)) running.value = true
    },
    { immediate: true },
  )
}

/** Seen to the end or skipped: both count. */
export function endTour(): void {
  running.value = false
  const account = session.user?.id
  if (account && seen.value !== 'off') seen.value = { ...seen.value, [account]: true }
}

export async function restartTour(router: Router): Promise<void> {
  await router.push('/work')
  running.value = true
}
