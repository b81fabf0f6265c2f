// Which kinds of message there are for whoever is signed in.

import type { Codes } from '@/lib/codes'
import { may } from '@/session'

/** The kinds of message, without those that nobody of this role ever gets: what waits for review is the bureau's. */
export function topicItems(codes: Codes): ReturnType<Codes['items']> {
  const reviews = may('record.review') || may('organisation.review')
  return codes.items('notice_topic').filter((c) => c.code !== 'review' || reviews)
}
