// The requests of this part. The two sides have the same operations under their own paths.

import { plural } from '@/api'
import { freshKey, request } from '@/api/client'
import type { AnyRecord, Diagnosis, Schemas } from '@/api/model'
import type { Kind } from '@/lib/filter'
import type { Body } from './form/body'

export type Saved = Omit<Schemas['SavedNeed'], 'record'> & { record: AnyRecord }
export type Steps = Schemas['PossibleSteps']
export type Step = Schemas['Step']
export type Review = Schemas['Review']
export type Outcome = Schemas['StepOutcome']
export type Attachment = Schemas['Attachment']

const path = (kind: Kind, id: string, rest = ''): string =>
  `/${plural(kind)}/${encodeURIComponent(id)}${rest}`

/** Who answers for the organisation, offered as the contact of what it enters. */
export const ownContact = async (signal?: AbortSignal) =>
  (await request<Schemas['Organisation']>('/organisation', { signal })).contact

export const readRecord = (kind: Kind, id: string, signal?: AbortSignal) =>
  request<AnyRecord>(path(kind, id), { signal })

/** What the bureau enters would be published at once if it did not say that it is a draft. */
export const create = (kind: Kind, body: Body, once = freshKey()) =>
  request<Saved>(`/${plural(kind)}`, { method: 'POST', body: { ...body, status: 'draft' }, once })

export const update = (kind: Kind, id: string, body: Body, ifMatch: number | string) =>
  request<Saved>(path(kind, id), { method: 'PUT', body, ifMatch })

export const remove = (kind: Kind, id: string, version: number) =>
  request<void>(path(kind, id), { method: 'DELETE', ifMatch: version })

export const stepsFor = (kind: Kind, id: string, signal?: AbortSignal) =>
  request<Steps>(path(kind, id, '/steps'), { signal })

export const take = (kind: Kind, id: string, step: Step, body: Schemas['StepInput']) =>
  request<Outcome>(path(kind, id, `/${step}`), { method: 'POST', body })

export const reviewsOf = (kind: Kind, id: string, signal?: AbortSignal) =>
  request<Schemas['ReviewPage']>(path(kind, id, '/reviews'), { signal })

export const dropRevision = (kind: Kind, id: string) =>
  request<void>(path(kind, id, '/revision'), { method: 'DELETE' })

export const historyOf = (kind: Kind, id: string, below: number | undefined, signal?: AbortSignal) =>
  request<Schemas['RecordHistory']>(path(kind, id, '/history'), { query: { below, limit: 20 }, signal })

export const versionOf = (kind: Kind, id: string, version: number, signal?: AbortSignal) =>
  request<AnyRecord>(path(kind, id, `/history/${version}`), { signal })

export const revealsOf = (kind: Kind, id: string, signal?: AbortSignal) =>
  request<Schemas['RevealPage']>(path(kind, id, '/reveals'), { query: { limit: 20 }, signal })

export const examine = (kind: Kind, record: object, signal: AbortSignal) =>
  request<Diagnosis>('/clinic', { method: 'POST', idempotent: true, body: { kind, record }, signal })

export const attachmentsOf = (kind: Kind, id: string, signal?: AbortSignal) =>
  request<{ items: Attachment[] }>(path(kind, id, '/attachments'), { signal })

export const attachmentPath = (kind: Kind, id: string): string => path(kind, id, '/attachments')
