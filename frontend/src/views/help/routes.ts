import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/help',
    name: 'help',
    component: () => import('./HelpView.vue'),
    meta: { title: '帮助与术语' },
  },
]
