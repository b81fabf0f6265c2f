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
  {
    path: '/signups',
    name: 'signups',
    component: () => import('./signups/SignUpsView.vue'),
    meta: { title: '入驻审核', permission: 'organisation.review' },
  },
  {
    path: '/signups/:id',
    name: 'signup-review',
    component: () => import('./signups/SignUpView.vue'),
    meta: { title: '入驻申请', permission: 'organisation.review' },
  },
  {
    path: '/organisations',
    name: 'organisations',
    component: () => import('./organisations/OrganisationsView.vue'),
    meta: { title: '单位', permission: 'organisation.read' },
  },
  {
    path: '/organisations/:id',
    name: 'organisation-detail',
    component: () => import('./organisations/OrganisationView.vue'),
    meta: { title: '单位', permission: 'organisation.read' },
  },
  {
    path: '/users',
    name: 'users',
    component: () => import('./users/UsersView.vue'),
    meta: { title: '账号', permission: 'account.read' },
  },
  {
    path: '/users/:id',
    name: 'user',
    component: () => import('./users/UserView.vue'),
    meta: { title: '账号', permission: 'account.read' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./settings/SettingsView.vue'),
    meta: { title: '指标与规则', permission: 'policy.write' },
  },
  {
    path: '/assignments',
    name: 'assignments',
    component: () => import('./assignments/AssignmentsView.vue'),
    meta: { title: '推荐分配', permission: 'assignment.read' },
  },
  {
    path: '/assignments/:id',
    name: 'assignment',
    component: () => import('./assignments/AssignmentView.vue'),
    meta: { title: '推荐分配', permission: 'assignment.read' },
  },
]
