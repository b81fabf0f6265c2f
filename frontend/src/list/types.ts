// What a list needs to be told: its columns, what it can be narrowed and sorted by, and where its rows come from. The same
// description draws the table, the filters, the column choice and the export, and names the parameters in the address.

import type { RouteLocationRaw } from 'vue-router'

export interface Page<T> {
  total: number
  items: readonly T[]
  /** The cursor of the next page; absent on the last. */
  next?: string
}

/** Parameters as they stand in the address and in the request, which share their names. */
export type ListQuery = Readonly<Record<string, string>>

export interface Column<T> {
  key: string
  label: string
  /** What the cell says when the page gives no slot `cell-KEY`. */
  text?: (row: T) => string | number | undefined
  align?: 'right'
  width?: string
  /** Short words that must not be broken over lines: states, names, days. */
  nowrap?: boolean
  /** Sorting by a click on the head: the values of the parameter "sort". */
  sort?: { asc?: string; desc?: string }
  /** Not shown until it is chosen. */
  hidden?: boolean
  /** Always shown, as what names the row. */
  fixed?: boolean
}

export interface Option {
  value: string
  label: string
}

/** The choices that a table of labels makes, in its order. */
export const optionsOf = (labels: Readonly<Record<string, string>>): Option[] =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

export type Field =
  | { key: string; label: string; kind: 'text'; placeholder?: string }
  | { key: string; label: string; kind: 'choice'; options: readonly Option[] | (() => readonly Option[]) }
  /** Several values, joined by commas. */
  | { key: string; label: string; kind: 'choices'; options: readonly Option[] | (() => readonly Option[]) }
  /** A code of a list with levels: region, field, industry. */
  | { key: string; label: string; kind: 'code'; list: string }
  | { key: string; label: string; kind: 'date' }
  | { key: string; label: string; kind: 'number'; unit?: string }
  | { key: string; label: string; kind: 'flag' }

export interface ListSpec<T> {
  /** Names the list for saved views and chosen columns: "deals". */
  name: string
  /** What one row is, with its measure word: "个项目". */
  unit: string
  rowKey: (row: T) => string
  columns: readonly Column<T>[]
  fields?: readonly Field[]
  /** Orders beyond those of the column heads. */
  sorts?: readonly Option[]
  /** Parameters that hold when the address says nothing about them. */
  defaults?: ListQuery
  fetch: (query: ListQuery, signal: AbortSignal) => Promise<Page<T>>
  /** The address of the same rows as a workbook. */
  exportURL?: (query: ListQuery) => string
  /** Where a click on the row leads. */
  to?: (row: T) => RouteLocationRaw
}
