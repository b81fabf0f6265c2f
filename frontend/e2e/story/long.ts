// A queue as long as none of the sample's, made of one real candidate. Nothing of it reaches the service.

import type { Person } from '../city'

interface Candidate {
  id: string
  state: string
}

/** The title of the achievement of the candidate at this place. */
export const numbered = (n: number): string => `第 ${n} 项成果`

export async function longQueue({ page, api }: Person, length: number): Promise<void> {
  const { items } = (await api('GET', '/queue?state=accepted&limit=1')) as { items: Candidate[] }
  const detail = (await api('GET', `/queue/${items[0]!.id}`)) as { candidate: Candidate }
  const id = (n: number): string => `k_${String(n).padStart(20, '0')}`
  const open = (of: string) => ({
    ...detail.candidate,
    id: of,
    achievement: numbered(Number(of.slice(2))),
    state: 'open',
    state_label: '待处理',
    decided_at: undefined,
    decider: undefined,
    introduction_id: undefined,
  })
  const all = Array.from({ length }, (_, n) => open(id(n)))
  await page.route('**/api/v1/queue?*', (route) =>
    route.fulfill({ json: { total: length, states: { open: length }, items: all } }),
  )
  await page.route(/\/api\/v1\/queue\/k_\w+(\/\w+)?$/, (route) => {
    const [, of = '', act] = /\/(k_\w+)(?:\/(\w+))?$/.exec(route.request().url())!
    if (act === 'lease' && route.request().method() === 'DELETE') return route.fulfill({ status: 204 })
    if (act === 'decision')
      return route.fulfill({ json: { ...open(of), state: 'accepted', state_label: '已采纳' } })
    return route.fulfill({ json: act ? open(of) : { ...detail, candidate: open(of) } })
  })
}
