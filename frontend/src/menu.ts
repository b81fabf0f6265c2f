// What each role finds in the bar at the left, in the order of its day. The same list makes the shortcuts "g x" and says
// in the help what is there. A link appears when the person may do what it is for.

import type { IconName } from '@/components/AppIcon.vue'
import { may, session, type Role } from '@/session'

export interface MenuItem {
  to: string
  label: string
  icon: IconName
  /** The letter after g. Unique among those of one role. */
  key: string
  roles: readonly Role[]
  permission?: string
  /** Which count stands beside it: a name of counts.ts. */
  count?: 'reviews' | 'signups' | 'queue' | 'opinions' | 'introductions' | 'questions' | 'inbox' | 'tasks'
}

const all: readonly Role[] = [
  'enterprise',
  'university',
  'broker',
  'operator',
  'system_admin',
  'security_admin',
  'auditor',
]

export const menu: readonly MenuItem[] = [
  { to: '/work', label: '工作台', icon: 'home', key: 'w', roles: all },

  { to: '/mine/needs', label: '我的需求', icon: 'sheet', key: 'r', roles: ['enterprise'] },
  { to: '/mine/achievements', label: '我的成果', icon: 'sheet', key: 'r', roles: ['university'] },
  {
    to: '/import',
    label: '批量导入',
    icon: 'upload',
    key: 'i',
    roles: ['enterprise', 'university', 'operator'],
  },
  { to: '/mine/matches', label: '匹配推荐', icon: 'star', key: 'x', roles: ['enterprise', 'university'] },
  { to: '/mine/shown', label: '推荐与反馈', icon: 'eye', key: 'f', roles: ['enterprise', 'university'] },
  {
    to: '/mine/questions',
    label: '经理人提问',
    icon: 'question',
    key: 'u',
    roles: ['enterprise', 'university'],
    count: 'questions',
  },

  {
    to: '/cockpit',
    label: '驾驶舱',
    icon: 'chart',
    key: 'k',
    roles: ['operator'],
    permission: 'statistics.read',
  },
  {
    to: '/reviews',
    label: '审核台',
    icon: 'check',
    key: 'v',
    roles: ['operator'],
    permission: 'record.review',
    count: 'reviews',
  },
  {
    to: '/signups',
    label: '入驻审核',
    icon: 'org',
    key: 's',
    roles: ['operator'],
    permission: 'organisation.review',
    count: 'signups',
  },

  {
    to: '/queue',
    label: '候选队列',
    icon: 'queue',
    key: 'q',
    roles: ['broker', 'operator'],
    permission: 'queue.read',
    count: 'queue',
  },
  {
    to: '/opinions',
    label: '第二意见',
    icon: 'people',
    key: 'o',
    roles: ['broker'],
    permission: 'queue.work',
    count: 'opinions',
  },
  {
    to: '/desk',
    label: '负荷与时效',
    icon: 'chart',
    key: 'l',
    roles: ['broker', 'operator'],
    permission: 'queue.read',
  },
  {
    to: '/introductions',
    label: '对接',
    icon: 'handshake',
    key: 'd',
    roles: ['enterprise', 'university', 'broker', 'operator'],
    permission: 'introduction.read',
    count: 'introductions',
  },
  {
    to: '/deals',
    label: '项目与合同',
    icon: 'deal',
    key: 'p',
    roles: ['enterprise', 'university', 'broker', 'operator'],
    permission: 'deal.read',
  },
  {
    to: '/tasks',
    label: '今日跟进',
    icon: 'clock',
    key: 't',
    roles: ['broker', 'operator'],
    permission: 'deal.work',
    count: 'tasks',
  },
  {
    to: '/income',
    label: '收入与分配',
    icon: 'money',
    key: 'y',
    roles: ['university'],
    permission: 'deal.read',
  },
  {
    to: '/subsidies',
    label: '补助',
    icon: 'money',
    key: 'y',
    roles: ['operator'],
    permission: 'subsidy.manage',
  },

  {
    to: '/organisations',
    label: '单位',
    icon: 'org',
    key: 'o',
    roles: ['operator'],
    permission: 'organisation.read',
  },
  {
    to: '/users',
    label: '账号',
    icon: 'people',
    key: 'u',
    roles: ['operator', 'system_admin', 'security_admin'],
    permission: 'account.read',
  },
  {
    to: '/assignments',
    label: '推荐分配',
    icon: 'assign',
    key: 'j',
    roles: ['operator'],
    permission: 'assignment.read',
  },
  {
    to: '/models',
    label: '匹配模型',
    icon: 'model',
    key: 'x',
    roles: ['broker', 'operator', 'system_admin'],
    permission: 'model.read',
  },
  {
    to: '/settings',
    label: '指标与规则',
    icon: 'settings',
    key: 'e',
    roles: ['operator'],
    permission: 'policy.write',
  },

  {
    to: '/jobs',
    label: '后台任务',
    icon: 'clock',
    key: 'j',
    roles: ['system_admin'],
    permission: 'system.manage',
  },
  {
    to: '/outbox',
    label: '发送记录',
    icon: 'send',
    key: 'b',
    roles: ['operator', 'system_admin'],
    permission: 'outbox.read',
  },
  {
    to: '/channels',
    label: '通知渠道',
    icon: 'send',
    key: 'l',
    roles: ['system_admin'],
    permission: 'system.manage',
  },
  {
    to: '/tokens',
    label: '访问令牌',
    icon: 'key',
    key: 't',
    roles: ['security_admin'],
    permission: 'security.manage',
  },
  {
    to: '/security',
    label: '安全策略',
    icon: 'settings',
    key: 'e',
    roles: ['security_admin'],
    permission: 'security.manage',
  },
  { to: '/audit', label: '审计日志', icon: 'sheet', key: 'd', roles: ['auditor'], permission: 'audit.read' },

  { to: '/inbox', label: '消息', icon: 'bell', key: 'z', roles: all, count: 'inbox' },
]

/** What the person who is signed in finds there. */
export function ownMenu(): MenuItem[] {
  const role = session.user?.role
  return menu.filter((m) => role && m.roles.includes(role) && (!m.permission || may(m.permission)))
}
