// Who has read what was written in an introduction, and what is new to whoever looks. A side learns of the other that it has
// read, never who of it did.

import type { Schemas } from '@/api/model'
import { mySide, partyLabels, type Introduction, type Party } from './talk'

type Message = Pick<Schemas['ThreadMessage'], 'id' | 'party' | 'author' | 'read_by'>
type Talk = Pick<Introduction, 'party' | 'broker'>

const parties: readonly Party[] = ['need', 'achievement', 'broker']

/** The parties of whom the viewer is told whether they have read the message: a side only of what it wrote itself. */
function readers(m: Message, i: Talk): Party[] {
  if (!m.party || (mySide(i) && m.party !== i.party)) return []
  return parties.filter((p) => p !== m.party && p !== i.party && (p !== 'broker' || !!i.broker))
}

/** "对方已读，技术经理人未读"; "" when there is nobody to tell of. */
export function readText(m: Message, i: Talk): string {
  const names = (read: boolean): string =>
    readers(m, i)
      .filter((p) => (m.read_by ?? []).includes(p) === read)
      .map((p) => (p !== 'broker' && mySide(i) ? '对方' : partyLabels[p]))
      .join('、')
  const [read, unread] = [names(true), names(false)]
  return [read && `${read}已读`, unread && `${unread}未读`].filter(Boolean).join('，')
}

/** The messages, oldest first, that are new to the viewer: the last ones that others wrote. */
export function newMessages(
  messages: readonly Message[],
  unread: number | undefined,
  me: string | undefined,
): string[] {
  if (!unread) return []
  return messages
    .filter((m) => !m.author || m.author !== me)
    .slice(-unread)
    .map((m) => m.id)
}
