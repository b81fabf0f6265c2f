// Every address of the page. The areas declare their own in views/*/routes.ts; a route says with `meta`
//   title       what stands in the tab
//   permission  what the viewer must be allowed to do, as the API names it; with "self" whoever is signed in
//   frame       'public': without the bar at the left; 'none': nothing but the page, as on a wall
//   key         pages of one key are one component, which sees the address change

import {
  createRouter,
  createWebHistory,
  type LocationQuery,
  type RouteLocationNormalized,
  type Router,
} from 'vue-router'
import { parseSearch } from './lib/filter'
import { loadSession, may, session } from './session'
import { routes as account } from './views/account/routes'
import { routes as bureau } from './views/bureau/routes'
import { routes as cockpit } from './views/cockpit/routes'
import { routes as deals } from './views/deals/routes'
import { routes as desk } from './views/desk/routes'
import { routes as explain } from './views/explain/routes'
import { routes as help } from './views/help/routes'
import HomeView from './views/home/HomeView.vue'
import { routes as mine } from './views/mine/routes'
import { routes as own } from './views/own/routes'
import SearchView from './views/search/SearchView.vue'
import { routes as system } from './views/system/routes'
import { routes as talk } from './views/talk/routes'
import { routes as work } from './views/work/routes'

const siteTitle = '技桥 · 技术需求与科技成果匹配'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    permission?: string
    frame?: 'public' | 'none'
    key?: string
  }
}

export function newRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'home', component: HomeView, meta: { frame: 'public' } },
      { path: '/search', name: 'search', component: SearchView, meta: { key: 'search', frame: 'public' } },
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
        meta: { title: '粘贴文本匹配', frame: 'public' },
      },
      {
        path: '/clinic',
        name: 'clinic',
        component: () => import('./views/clinic/ClinicView.vue'),
        meta: { title: '需求诊断', frame: 'public' },
      },
      {
        path: '/import',
        name: 'import',
        component: () => import('./views/imports/ImportView.vue'),
        meta: { title: '批量导入', permission: 'record.import' },
      },
      ...work,
      ...account,
      ...mine,
      ...own,
      ...desk,
      ...talk,
      ...deals,
      ...bureau,
      ...system,
      ...cockpit,
      ...explain,
      ...help,
      {
        path: '/:rest(.*)*',
        name: 'missing',
        component: () => import('./views/MissingView.vue'),
        meta: { title: '页面不存在' },
      },
    ],
    // Back returns to where the list was left; a tab or a filter inside a page keeps its place.
    scrollBehavior: (to, from, saved) =>
      saved ?? (to.path === from.path && to.name !== 'search' ? false : { top: 0 }),
  })
  router.beforeEach(admit)
  router.afterEach((to, from) => {
    const title = to.name === 'search' ? searchTitle(to.query) : to.meta.title
    // A record sets the title itself once it is loaded.
    if (to.path !== from.path || to.name === 'search') document.title = title ? `${title} · 技桥` : siteTitle
  })
  return router
}

/** Sends whoever must sign in first to the door, and back afterwards. The server decides again about every request. */
async function admit(to: RouteLocationNormalized) {
  const wanted = to.meta.permission
  try {
    await loadSession()
  } catch {
    // Without an answer nobody can be turned away; what the page asks for will say what is wrong.
    return true
  }
  if (session.mustChangePassword && to.path !== '/account' && to.path !== '/login')
    return { path: '/account', query: { must: 'password', to: to.fullPath } }
  if (!wanted) return true
  if (!session.user) return { path: '/login', query: { to: to.fullPath } }
  if (!may(wanted))
    return { name: 'missing', params: { rest: to.path.slice(1).split('/') }, query: { why: 'forbidden' } }
  return true
}

/** Words first: a row of tabs shows only the beginning. */
function searchTitle(query: LocationQuery): string {
  const { kind, q } = parseSearch(query)
  const what = kind === 'need' ? '找需求' : '找成果'
  return q ? `${q} · ${what}` : what
}
