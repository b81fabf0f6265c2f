// Every control of a form that the browser may refuse stands in a FormField, which says why in its place. Elsewhere the
// browser's own bubble would come up.

import { expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'

const sources = import.meta.glob<string>('../**/*.vue', { query: '?raw', import: 'default', eager: true })

const bounds = ['required', 'min', 'max', 'minlength', 'pattern']
const types = ['number', 'email', 'url', 'date', 'time', 'datetime-local']

/** As much of the template's syntax tree as is looked at. */
interface Node {
  tag?: string
  props?: { name: string; arg?: { content?: string }; value?: { content?: string } }[]
  children?: unknown
  loc: { start: { line: number } }
}

function bare(node: Node, within: readonly string[]): number[] {
  const refusable = node.props?.some(
    (p) =>
      bounds.includes(p.name === 'bind' ? (p.arg?.content ?? '') : p.name) ||
      (p.name === 'type' && types.includes(p.value?.content ?? '')),
  )
  const found =
    /^(input|select|textarea)$/.test(node.tag ?? '') && refusable && within.includes('form')
      ? within.includes('FormField')
        ? []
        : [node.loc.start.line]
      : []
  const children = Array.isArray(node.children) ? (node.children as Node[]) : []
  return [...found, ...children.flatMap((c) => bare(c, [...within, node.tag ?? '']))]
}

it('leaves no control of a form to the bubble of the browser', () => {
  const found = Object.entries(sources).flatMap(([path, source]) => {
    if (!/<form\b/.test(source)) return []
    const tree = parse(source).descriptor.template?.ast
    return tree ? bare(tree as unknown as Node, []).map((line) => `${path}:${line}`) : []
  })
  expect(Object.keys(sources).length).toBeGreaterThan(100)
  expect(found).toEqual([])
})
