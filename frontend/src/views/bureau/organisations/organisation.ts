// An organisation as a form edits it.

import type { Schemas } from '@/api/model'

type Organisation = Schemas['Organisation']

export type OrganisationDraft = Required<
  Omit<Schemas['OrganisationInput'], 'id' | 'version' | 'created_at' | 'updated_at' | 'contact'>
> & { contact: Required<Schemas['Contact']> }

export function draftOf(o?: Organisation): OrganisationDraft {
  return {
    kind: o?.kind ?? 'enterprise',
    name: o?.name ?? '',
    credit_code: o?.credit_code ?? '',
    region: o?.region ?? '',
    industry: o?.industry ?? '',
    scale: o?.scale ?? '',
    qualifications: [...(o?.qualifications ?? [])],
    products: o?.products ?? '',
    profile: o?.profile ?? '',
    address: o?.address ?? '',
    legal_person: o?.legal_person ?? '',
    contact: { name: '', position: '', mobile: '', phone: '', email: '', ...o?.contact },
  }
}
