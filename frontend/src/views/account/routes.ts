import type { RouteRecordRaw } from 'vue-router'

const link = () => import('./LinkView.vue')

export const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('./LoginView.vue'),
    meta: { title: '登录', frame: 'public' },
  },
  {
    path: '/signup',
    name: 'signup',
    component: () => import('./SignupView.vue'),
    meta: { title: '单位入驻', frame: 'public' },
  },
  {
    path: '/reset',
    name: 'reset',
    component: () => import('./ResetView.vue'),
    meta: { title: '重设密码', frame: 'public' },
  },
  // The addresses that mails carry: internal/account/links.go.
  {
    path: '/reset/:secret',
    component: link,
    props: (to) => ({ purpose: 'reset', secret: to.params.secret }),
    meta: { title: '设置新密码', frame: 'public' },
  },
  {
    path: '/invitation/:secret',
    component: link,
    props: (to) => ({ purpose: 'invitation', secret: to.params.secret }),
    meta: { title: '启用账号', frame: 'public' },
  },
  {
    path: '/account',
    name: 'account',
    component: () => import('./AccountView.vue'),
    meta: { title: '账号与安全', permission: 'self' },
  },
  {
    path: '/organisation',
    name: 'organisation',
    component: () => import('./OrganisationView.vue'),
    meta: { title: '单位资料与成员', permission: 'self' },
  },
]
