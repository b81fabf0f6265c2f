import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/jobs',
    name: 'jobs',
    component: () => import('./JobsView.vue'),
    meta: { title: '后台任务', permission: 'system.manage' },
  },
  {
    path: '/outbox',
    name: 'outbox',
    component: () => import('./OutboxView.vue'),
    meta: { title: '发送记录', permission: 'outbox.read' },
  },
  {
    path: '/channels',
    name: 'channels',
    component: () => import('./ChannelsView.vue'),
    meta: { title: '通知渠道', permission: 'system.manage' },
  },
  {
    path: '/tokens',
    name: 'tokens',
    component: () => import('./TokensView.vue'),
    meta: { title: '访问令牌', permission: 'security.manage' },
  },
  {
    path: '/security',
    name: 'security',
    component: () => import('./SecurityView.vue'),
    meta: { title: '安全策略', permission: 'security.manage' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./AuditView.vue'),
    meta: { title: '审计日志', permission: 'audit.read' },
  },
]
