import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/deals',
    name: 'deals',
    component: () => import('./DealsView.vue'),
    meta: { title: '项目与合同', permission: 'deal.read' },
  },
]
