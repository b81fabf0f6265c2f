// An organisation as the bureau edits it: what it is, beside what it says of itself.

import type { Schemas } from '@/api/model'
import { detailsOf, type OrganisationDetails } from '../../account/organisation'

type Organisation = Schemas['Organisation']

export type OrganisationDraft = OrganisationDetails &
  Required<Pick<Organisation, 'kind' | 'name' | 'credit_code'>>

export function draftOf(o?: Organisation): OrganisationDraft {
  return {
    kind: o?.kind ?? 'enterprise',
    name: o?.name ?? '',
    credit_code: o?.credit_code ?? '',
    ...detailsOf(o),
  }
}
