// Whether something is before the reader's eyes: within the window, on a page that is shown.

import { computed, onMounted, onScopeDispose, ref, type Ref } from 'vue'
import { useShown } from '@/lib/shown'

export function useInView(element: Ref<HTMLElement | null>): Readonly<Ref<boolean>> {
  const within = ref(false)
  const shown = useShown()
  const observer = new IntersectionObserver((found) => {
    within.value = found[found.length - 1]!.isIntersecting
  })
  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onScopeDispose(() => observer.disconnect())
  return computed(() => within.value && shown.value)
}
