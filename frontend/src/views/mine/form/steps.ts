// The guided form: its steps, and where in them a field stands.

import type { Kind } from '@/lib/filter'
import { achievementSteps } from './achievementForm'
import { needSteps } from './needForm'
import type { FieldSpec, StepSpec } from './spec'

export type { FieldSpec, StepSpec } from './spec'

export const stepsOf = (kind: Kind): readonly StepSpec[] => (kind === 'need' ? needSteps : achievementSteps)

export const fieldsOf = (kind: Kind): readonly FieldSpec[] => stepsOf(kind).flatMap((s) => s.fields)

/** "metrics[2].unit" → "metrics". */
export const rootOf = (path: string): string => path.replace(/[.[].*$/, '')

export const stepOfField = (kind: Kind, path: string): StepSpec | undefined =>
  stepsOf(kind).find((s) => s.fields.some((f) => f.name === rootOf(path)))

export const labelOf = (kind: Kind, path: string): string =>
  fieldsOf(kind).find((f) => f.name === rootOf(path))?.label ?? ''

/** The element that a field's path names, to jump there. */
export const elementId = (path: string): string => `field-${path.replaceAll(/[^\w]+/g, '-')}`
