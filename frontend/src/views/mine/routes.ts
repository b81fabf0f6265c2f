import type { RouteRecordRaw } from 'vue-router'

const own = 'record.write_own'

/** What an organisation offers or asks for. `new` in the place of the id is a record that is being entered. */
const records = (['need', 'achievement'] as const).flatMap((kind): RouteRecordRaw[] => [
  {
    path: `/mine/${kind}s`,
    name: `mine-${kind}s`,
    component: () => import('./MineView.vue'),
    props: { kind },
    meta: { title: kind === 'need' ? '我的需求' : '我的成果', permission: own, key: `mine-${kind}s` },
  },
  {
    path: `/mine/${kind}s/:id`,
    name: `mine-${kind}`,
    component: () => import('./RecordPage.vue'),
    props: (to) => ({ kind, id: String(to.params.id) }),
    meta: { title: kind === 'need' ? '填报需求' : '填报成果', permission: own, key: `mine-${kind}` },
  },
])

export const routes: RouteRecordRaw[] = [...records]
