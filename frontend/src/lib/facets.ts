// Facets of trees: the server counts industries, fields and regions by code; the page shows one level at a time.

export interface FacetValue {
  code: string
  label: string
  count: number
}

export interface FacetNode extends FacetValue {
  children: FacetNode[]
}

export type ParentOf = (code: string) => string

/** GB/T 2260: county → city → province → "". */
export function regionParent(code: string): string {
  if (!/^\d{6}$/.test(code) || code.endsWith('0000')) return ''
  return code.endsWith('00') ? `${code.slice(0, 2)}0000` : `${code.slice(0, 4)}00`
}

/** GB/T 4754: "C26" → "C". */
export function industryParent(code: string): string {
  return code.length > 1 ? code.slice(0, 1) : ''
}

/** 高新技术领域: "20101" → "201" → "20". */
export function fieldParent(code: string): string {
  if (code.length > 3) return code.slice(0, 3)
  return code.length > 2 ? code.slice(0, 2) : ''
}

/** 战新产业: "3.1" → "3". */
export function emergingParent(code: string): string {
  const dot = code.lastIndexOf('.')
  return dot > 0 ? code.slice(0, dot) : ''
}

export const parents: Record<string, ParentOf> = {
  regions: regionParent,
  industries: industryParent,
  fields: fieldParent,
  emerging: emergingParent,
}

/**
 * Joins counted codes into trees, most frequent first. A parent that the server did not count gets the sum of its
 * children and the label that labelOf knows.
 */
export function tree(
  values: readonly FacetValue[],
  parent: ParentOf,
  labelOf: (code: string) => string,
): FacetNode[] {
  const nodes = new Map<string, FacetNode>()
  for (const v of values)
    nodes.set(v.code, { ...v, label: v.label || labelOf(v.code) || v.code, children: [] })
  const counted = new Set(nodes.keys())
  const roots: FacetNode[] = []
  // A Map visits entries added while it is walked, so the parents made here get their turn too.
  for (const n of nodes.values()) {
    const up = parent(n.code)
    if (up === '') {
      roots.push(n)
      continue
    }
    let above = nodes.get(up)
    if (!above) nodes.set(up, (above = { code: up, label: labelOf(up) || up, count: 0, children: [] }))
    above.children.push(n)
  }
  return roots.map((n) => summed(n, counted)).sort(byCount)
}

function summed(n: FacetNode, counted: ReadonlySet<string>): FacetNode {
  const children = n.children.map((c) => summed(c, counted)).sort(byCount)
  const count = counted.has(n.code) ? n.count : children.reduce((sum, c) => sum + c.count, 0)
  return { ...n, count, children }
}

function byCount(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || (a.code < b.code ? -1 : 1)
}

/**
 * Values in the order people expect: years newest first, and those of a short list as the list has them; the rest stay
 * as they are, most frequent first.
 */
export function ordered(
  name: string,
  values: readonly FacetValue[],
  list: readonly { code: string }[],
): FacetValue[] {
  if (name === 'years') return [...values].sort((a, b) => Number(b.code) - Number(a.code))
  if (name !== 'budgets') return [...values]
  const rank = new Map(list.map((item, i) => [item.code, i]))
  const last = list.length
  return [...values].sort((a, b) => (rank.get(a.code) ?? last) - (rank.get(b.code) ?? last))
}

/** Every code on the way from the roots to one of the chosen, so that a chosen branch stands open. */
export function openPath(chosen: readonly string[], parent: ParentOf): Set<string> {
  const open = new Set<string>()
  for (const code of chosen) for (let c = code; c !== ''; c = parent(c)) open.add(c)
  return open
}

/** The code list that names the values of a facet; organisations and years name themselves. */
export const codeListOf: Record<string, string> = {
  industries: 'industry',
  fields: 'field',
  emerging: 'emerging',
  regions: 'region',
  cooperation: 'cooperation',
  budgets: 'budget',
  statuses: 'status',
}

/**
 * Checks or unchecks a code of a tree. Values of one facet are alternatives, so a parent beside its own descendant would
 * make the descendant meaningless: choosing either gives up the other.
 */
export function toggleTree(chosen: readonly string[], code: string, parent: ParentOf): string[] {
  if (chosen.includes(code)) return chosen.filter((c) => c !== code)
  const under = (c: string, above: string): boolean =>
    c !== '' && (parent(c) === above || under(parent(c), above))
  return [...chosen.filter((c) => !under(code, c) && !under(c, code)), code]
}
