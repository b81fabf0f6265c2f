// What the clinic says of a draft, laid beside the fields it is about.

import type { Diagnosis } from '@/api/model'
import type { Kind } from '@/lib/filter'
import type { FieldName, Form } from './model'
import { fieldsOf, rootOf } from './steps'

export interface Hint {
  kind: 'question' | 'remark'
  text: string
  why?: string
}

/** Questions by the aspect they are about, remarks by the field they name, or by the text that they quote. */
export function hintsOf(kind: Kind, form: Form, d: Diagnosis | undefined): Map<FieldName, Hint[]> {
  const found = new Map<FieldName, Hint[]>()
  const add = (name: FieldName | undefined, hint: Hint): void => {
    if (name) found.set(name, [...(found.get(name) ?? []), hint])
  }
  const fields = fieldsOf(kind)
  for (const q of d?.questions ?? [])
    add(fields.find((f) => f.aspects?.includes(q.aspect))?.name, {
      kind: 'question',
      text: q.text,
      why: q.why,
    })
  for (const r of d?.remarks ?? []) add(placeOf(kind, form, r), { kind: 'remark', text: r.message })
  return found
}

function placeOf(kind: Kind, form: Form, r: Diagnosis['remarks'][number]): FieldName | undefined {
  const fields = fieldsOf(kind)
  if (r.field) return fields.find((f) => f.name === rootOf(r.field!))?.name
  if (r.kind === 'title') return 'title'
  const quoted = fields.find((f) => {
    const value = form[f.name]
    return r.quote && typeof value === 'string' && value.includes(r.quote)
  })
  return quoted?.name ?? (kind === 'need' ? 'problem' : 'abstract')
}

/** Records of the same side that say nearly the same, without the record itself. */
export const twinsOf = (d: Diagnosis | undefined, id: string): Diagnosis['similar'] =>
  (d?.similar ?? []).filter((s) => s.id !== id).slice(0, 3)
