// What an organisation says of itself, as a form edits it.

import type { Schemas } from '@/api/model'

export type OrganisationDetails = Required<Omit<Schemas['OwnOrganisationInput'], 'contact'>> & {
  contact: Required<Schemas['Contact']>
}

export function detailsOf(o?: Schemas['Organisation']): OrganisationDetails {
  return {
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
