import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/reviews',
    name: 'reviews',
    component: () => import('./reviews/ReviewsView.vue'),
    meta: { title: '审核台', permission: 'record.review' },
  },
  {
    path: '/reviews/:kind(need|achievement)/:id',
    name: 'review',
    component: () => import('./reviews/ReviewDesk.vue'),
    meta: { title: '审核', permission: 'record.review', key: 'review' },
  },
]
