import { createRouter, createWebHistory, type LocationQuery, type Router } from 'vue-router'
import { parseSearch } from './lib/filter'
import HomeView from './views/home/HomeView.vue'
import SearchView from './views/search/SearchView.vue'

export const siteTitle = '技桥 · 技术需求与科技成果匹配'

export function newRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'home', component: HomeView },
      { path: '/search', name: 'search', component: SearchView },
      {
        path: '/needs/:id',
        name: 'need',
        component: () => import('./views/record/RecordView.vue'),
        props: (to) => ({ kind: 'need', id: to.params.id }),
      },
      {
        path: '/achievements/:id',
        name: 'achievement',
        component: () => import('./views/record/RecordView.vue'),
        props: (to) => ({ kind: 'achievement', id: to.params.id }),
      },
      {
        path: '/match',
        name: 'match',
        component: () => import('./views/paste/PasteView.vue'),
        meta: { title: '粘贴文本匹配' },
      },
      {
        path: '/clinic',
        name: 'clinic',
        component: () => import('./views/clinic/ClinicView.vue'),
        meta: { title: '需求诊断' },
      },
      {
        path: '/import',
        name: 'import',
        component: () => import('./views/imports/ImportView.vue'),
        meta: { title: '导入数据' },
      },
      {
        path: '/:rest(.*)*',
        name: 'missing',
        component: () => import('./views/MissingView.vue'),
        meta: { title: '页面不存在' },
      },
    ],
    // Back returns to where the list was left; a tab or a filter inside a record keeps its place.
    scrollBehavior: (to, from, saved) =>
      saved ?? (to.path === from.path && to.name !== 'search' ? false : { top: 0 }),
  })
  router.afterEach((to, from) => {
    const title = to.name === 'search' ? searchTitle(to.query) : (to.meta.title as string | undefined)
    // A record sets the title itself once it is loaded.
    if (to.path !== from.path || to.name === 'search') document.title = title ? `${title} · 技桥` : siteTitle
  })
  return router
}

/** Words first: a row of tabs shows only the beginning. */
function searchTitle(query: LocationQuery): string {
  const { kind, q } = parseSearch(query)
  const what = kind === 'need' ? '找需求' : '找成果'
  return q ? `${q} · ${what}` : what
}
