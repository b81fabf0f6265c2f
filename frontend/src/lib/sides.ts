import type { Kind } from './filter'

/** The two things one can look for. */
export const sides: readonly { value: Kind; label: string }[] = [
  { value: 'achievement', label: '找成果' },
  { value: 'need', label: '找需求' },
]

export function sidePlaceholder(kind: Kind): string {
  return kind === 'need'
    ? '输入技术、产品或难题，如 碳化硅外延缺陷控制'
    : '输入技术、材料或应用，如 固废制备胶凝材料'
}
