import { expect, it } from 'vitest'
import type { Import } from '@/api/model'
import { asList, chooseAll, predicted, undecided, type Duplicate } from './choices'

const duplicate = (row: number): Duplicate => ({
  row,
  title: '甲',
  record_id: 'a_1',
  record_title: '甲',
  status: 'draft',
  similarity: 0.9,
  fields: [],
  same: [],
})
const duplicates = [duplicate(2), duplicate(3), duplicate(7)]
const report = { created: 10, updated: 1, skipped: 0, duplicates } as unknown as Import

it('counts what is not decided', () => {
  expect(undecided(duplicates, {})).toBe(3)
  expect(undecided(duplicates, { 2: 'new', 3: 'skip' })).toBe(1)
  expect(undecided(duplicates, chooseAll(duplicates, 'update'))).toBe(0)
})

it('predicts what will be written', () => {
  expect(predicted(report, {})).toEqual({ created: 10, updated: 1, skipped: 0 })
  expect(predicted(report, { 2: 'skip', 3: 'update', 7: 'new' })).toEqual({
    created: 8,
    updated: 2,
    skipped: 1,
  })
})

it('sends rows as numbers', () => expect(asList({ 2: 'skip' })).toEqual([{ row: 2, choice: 'skip' }]))
