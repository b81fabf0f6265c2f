import type { RouteRecordRaw } from 'vue-router'

const permission = 'statistics.read'

export const routes: RouteRecordRaw[] = [
  {
    path: '/cockpit',
    name: 'cockpit',
    component: () => import('./CockpitView.vue'),
    meta: { title: '领导驾驶舱', permission },
  },
  {
    path: '/cockpit/facts',
    name: 'cockpit-facts',
    component: () => import('./FactsView.vue'),
    meta: { title: '统计明细', permission },
  },
  {
    path: '/cockpit/waiting',
    name: 'cockpit-waiting',
    component: () => import('./WaitingView.vue'),
    meta: { title: '待办明细', permission },
  },
  {
    path: '/cockpit/exposed',
    name: 'cockpit-exposed',
    component: () => import('./ExposedView.vue'),
    meta: { title: '展示明细', permission },
  },
  {
    path: '/cockpit/wall',
    name: 'cockpit-wall',
    component: () => import('./WallView.vue'),
    meta: { title: '大屏', permission, frame: 'none' },
  },
]
