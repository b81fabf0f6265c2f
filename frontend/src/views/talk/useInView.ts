// Whether something is before the reader's eyes: within the window, on a page that is shown.

import { computed, onMounted, onScopeDispose, ref, type Ref } from 'vue'

export function useInView(element: Ref<HTMLElement | null>): Readonly<Ref<boolean>> {
  const within = ref(false)
  const shown = ref(document.visibilityState === 'visible')
  const look = (): void => void (shown.value = document.visibilityState === 'visible')
  const observer = new IntersectionObserver((found) => {
    within.value = found[found.length - 1]!.isIntersecting
  })
  onMounted(() => {
    if (element.value) observer.observe(element.value)
    document.addEventListener('visibilitychange', look)
  })
  onScopeDispose(() => {
    observer.disconnect()
    document.removeEventListener('visibilitychange', look)
  })
  return computed(() => within.value && shown.value)
}
