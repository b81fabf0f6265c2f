// The levels of a match (匹配等级), by their numbers.

import type { Option } from '@/list/types'

/** By the level's number; nothing at 0. */
export const levelLabels = ['', '无相关', '弱', '较强', '强'] as const

/** What may be asked for at least, the best first; nobody asks for what is not related. */
export const atLeast: readonly Option[] = [4, 3, 2].map((n) => ({
  value: String(n),
  label: `${levelLabels[n]}${n === 4 ? '' : '及以上'}`,
}))
