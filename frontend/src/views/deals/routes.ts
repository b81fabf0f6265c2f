import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/deals',
    name: 'deals',
    component: () => import('./DealsView.vue'),
    meta: { title: '项目与合同', permission: 'deal.read' },
  },
  {
    path: '/deals/:id',
    name: 'deal',
    component: () => import('./DealView.vue'),
    props: (to) => ({ id: String(to.params.id) }),
    meta: { title: '项目', permission: 'deal.read' },
  },
  {
    path: '/deals/:id/contract',
    name: 'contract',
    component: () => import('./contract/ContractView.vue'),
    props: (to) => ({ id: String(to.params.id) }),
    meta: { title: '技术合同', permission: 'deal.work' },
  },
  {
    path: '/tasks',
    name: 'tasks',
    component: () => import('./TasksView.vue'),
    meta: { title: '今日跟进', permission: 'deal.work' },
  },
  {
    path: '/subsidies',
    name: 'subsidies',
    component: () => import('./subsidies/SubsidiesView.vue'),
    meta: { title: '补助', permission: 'subsidy.manage' },
  },
]
