// Regions for a choice: what lies in one, by name of its county.

interface Item {
  code: string
  label: string
  parent?: string
}

/** What lies in the region, at any depth, without names of nothing. */
export function below(items: readonly Item[], top: string): Item[] {
  const inside = new Set([top])
  // A list has those above before those below.
  for (const i of items) if (i.parent && inside.has(i.parent)) inside.add(i.code)
  inside.delete(top)
  return items.filter((i) => inside.has(i.code) && i.label !== '市辖区')
}

/** "江苏省 盐城市 大丰区" → "盐城市 大丰区": in a column of a table the province says little. */
export const nearby = (path: string): string => path.split(' ').slice(-2).join(' ')
