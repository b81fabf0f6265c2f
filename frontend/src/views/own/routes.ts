import type { RouteRecordRaw } from 'vue-router'

// What became of one's own records: brokers' answers and questions, matches, income.
export const routes: RouteRecordRaw[] = [
  {
    path: '/mine/shown',
    name: 'shown',
    component: () => import('./ShownView.vue'),
    meta: { title: '推荐与反馈', permission: 'introduction.answer' },
  },
  {
    path: '/mine/questions',
    name: 'questions',
    component: () => import('./QuestionsView.vue'),
    meta: { title: '经理人提问', permission: 'introduction.answer' },
  },
  {
    path: '/mine/matches',
    name: 'own-matches',
    component: () => import('./OwnMatchesView.vue'),
    meta: { title: '匹配推荐', permission: 'introduction.answer' },
  },
  {
    path: '/income',
    name: 'income',
    component: () => import('./IncomeView.vue'),
    meta: { title: '收入与分配', permission: 'deal.join' },
  },
]
