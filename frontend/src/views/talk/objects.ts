// Where the thing lies that a message is about.

import type { Role } from '@/session'

/** From the type of an object to the address of its page; a type that has no page of its own leads to its list. */
const pages: Record<string, (id: string, role: Role | undefined) => string> = {
  need: (id) => `/needs/${id}`,
  achievement: (id) => `/achievements/${id}`,
  introduction: (id) => `/introductions/${id}`,
  deal: (id) => `/deals/${id}`,
  candidate: (id) => `/queue/${id}`,
  queue: () => '/queue',
  opinion: () => '/opinions',
  question: (_, role) => (role === 'broker' ? '/queue' : '/mine/questions'),
  // A review is named by its record; several are their list.
  review: (id) => (id ? `/reviews/${id.startsWith('a_') ? 'achievement' : 'need'}/${id}` : '/reviews'),
  signup: (id) => (id ? `/signups/${id}` : '/signups'),
  organisation: (id) => `/organisations/${id}`,
  user: (id, role) =>
    role === 'operator' || role === 'system_admin' || role === 'security_admin' ? `/users/${id}` : '/account',
  import: (id) => `/import?id=${id}`,
  job: () => '/jobs',
  channel: () => '/channels',
  delivery: () => '/outbox',
  token: () => '/tokens',
  model: () => '/models',
  assignment: () => '/assignments',
  subscription: (id) => (id ? `/subscriptions/${id}` : '/preferences#subscriptions'),
  // Several of one's own records, which were published.
  mine: (id) =>
    id === 'achievement' ? '/mine/achievements?status=published' : '/mine/needs?status=published',
  // The matches of one's own record, or of all of them.
  matches: (id) => (id ? `/mine/matches?record=${id}` : '/mine/matches'),
}

export function objectPath(
  object: { type: string; id: string } | undefined,
  role: Role | undefined,
): string | undefined {
  if (!object?.type) return undefined
  return pages[object.type]?.(encodeURIComponent(object.id), role)
}

/** What the link says. */
const names: Record<string, string> = {
  need: '查看需求',
  achievement: '查看成果',
  introduction: '打开对接',
  deal: '打开项目',
  candidate: '打开候选',
  queue: '打开候选队列',
  question: '去回答',
  review: '去审核',
  signup: '去审核',
  import: '查看导入',
  subscription: '查看全部',
  matches: '查看匹配',
  mine: '查看我的记录',
}

export const objectLabel = (type: string): string => names[type] ?? '查看'
