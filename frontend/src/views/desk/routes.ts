import type { RouteRecordRaw } from 'vue-router'

// The queue and one of its candidates are one page: going from one to the next must not build it anew.
const queue = () => import('./QueueView.vue')

export const routes: RouteRecordRaw[] = [
  {
    path: '/queue',
    name: 'queue',
    component: queue,
    meta: { title: '候选队列', permission: 'queue.read', key: 'queue' },
  },
  {
    path: '/queue/:id',
    name: 'candidate',
    component: queue,
    meta: { title: '候选队列', permission: 'queue.read', key: 'queue' },
  },
  {
    path: '/opinions',
    name: 'opinions',
    component: () => import('./OpinionsView.vue'),
    meta: { title: '第二意见', permission: 'queue.work', key: 'opinions' },
  },
  {
    path: '/desk',
    name: 'desk',
    component: () => import('./DeskView.vue'),
    meta: { title: '负荷与时效', permission: 'queue.read' },
  },
]
