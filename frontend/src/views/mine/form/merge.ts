// Somebody else saved the record while it was being changed here. Field by field: who alone changed one keeps the change;
// where both did, the person chooses. Nothing typed is lost.

import { printed, type FieldName, type Form } from './model'

export interface Clash {
  field: FieldName
  mine: unknown
  theirs: unknown
}

export interface Merged {
  /** Theirs with what only was changed here; where both changed, what was typed here. */
  form: Form
  clashes: Clash[]
  /** Fields that the other changed and that were taken over. */
  taken: FieldName[]
}

export function merge(base: Form, mine: Form, theirs: Form): Merged {
  const form: Record<string, unknown> = { ...theirs }
  const clashes: Clash[] = []
  const taken: FieldName[] = []
  for (const field of Object.keys(theirs) as FieldName[]) {
    const [was, here, there] = [base[field], mine[field], theirs[field]].map(printed)
    if (here !== was) form[field] = mine[field]
    else if (there !== was) taken.push(field)
    if (here !== was && there !== was && here !== there)
      clashes.push({ field, mine: mine[field], theirs: theirs[field] })
  }
  return { form: form as unknown as Form, clashes, taken }
}
