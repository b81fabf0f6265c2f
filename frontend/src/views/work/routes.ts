import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/work',
    name: 'work',
    component: () => import('./WorkView.vue'),
    meta: { title: '工作台', permission: 'self' },
  },
]
