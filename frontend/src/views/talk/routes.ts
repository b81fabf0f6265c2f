import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/introductions',
    name: 'introductions',
    component: () => import('./IntroductionsView.vue'),
    meta: { title: '线上对接', permission: 'introduction.read' },
  },
  {
    path: '/introductions/:id',
    name: 'introduction',
    component: () => import('./IntroductionView.vue'),
    props: (to) => ({ id: to.params.id }),
    meta: { title: '对接', permission: 'introduction.read' },
  },
  {
    path: '/inbox',
    name: 'inbox',
    component: () => import('./InboxView.vue'),
    meta: { title: '消息', permission: 'self' },
  },
  {
    path: '/preferences',
    name: 'preferences',
    component: () => import('./PreferencesView.vue'),
    meta: { title: '通知与订阅', permission: 'self' },
  },
  {
    path: '/subscriptions/:id',
    name: 'subscription',
    component: () => import('./SubscriptionFound.vue'),
    props: (to) => ({ id: to.params.id }),
    meta: { title: '订阅的内容', permission: 'self' },
  },
]
