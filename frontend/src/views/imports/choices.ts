// What becomes of rows that resemble a record that is there.

import type { Import, Schemas } from '@/api/model'
import type { Choice } from './steps'

export type Duplicate = Schemas['ImportDuplicate']
/** By row; a row without a choice is not decided yet. */
export type Choices = Record<number, Choice>

export const choiceLabels: readonly { value: Choice; label: string; means: string }[] = [
  { value: 'skip', label: '跳过', means: '这一行不写入' },
  { value: 'update', label: '更新已有记录', means: '用这一行填了的格更新左边的记录，空白的不改动' },
  { value: 'new', label: '仍然新增', means: '确认是另一项，按新记录写入' },
]

export const undecided = (duplicates: readonly Duplicate[], choices: Choices): number =>
  duplicates.filter((d) => !choices[d.row]).length

export const chooseAll = (duplicates: readonly Duplicate[], choice: Choice): Choices =>
  Object.fromEntries(duplicates.map((d) => [d.row, choice]))

/** What will be written once the choices are heard: the report predicts every such row as a new one. */
export function predicted(
  report: Import,
  choices: Choices,
): { created: number; updated: number; skipped: number } {
  const counts = { new: 0, update: 0, skip: 0 }
  for (const d of report.duplicates ?? []) counts[choices[d.row] ?? 'new']++
  return {
    created: report.created - counts.update - counts.skip,
    updated: report.updated + counts.update,
    skipped: report.skipped + counts.skip,
  }
}

export const asList = (choices: Choices): { row: number; choice: Choice }[] =>
  Object.entries(choices).map(([row, choice]) => ({ row: Number(row), choice }))
