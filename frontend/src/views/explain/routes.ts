import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/explain', component: () => import('./ExplainView.vue'), meta: { title: '匹配解释' } },
  {
    path: '/explain/weights',
    component: () => import('./WhatIfView.vue'),
    // Nothing is changed there, but it is about the weights of the whole platform.
    meta: { title: '权重试算', permission: 'run.write' },
  },
  {
    path: '/models',
    component: () => import('./ModelsView.vue'),
    meta: { title: '匹配模型', permission: 'model.read' },
  },
]
