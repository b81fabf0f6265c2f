// The addresses of the lists behind the figures.

import type { RouteLocationRaw } from 'vue-router'
import type { Ageing } from './cockpit'
import type { Period } from './period'

/** What a list is narrowed to: the period and the region of the page. */
export interface Scope extends Period {
  region: string
}

export interface FactsOf {
  indicators: readonly string[]
  detail?: string
  broker?: string
  industry?: string
  region?: string
  exact?: boolean
  from?: string
  until?: string
}

/** The list behind a figure; what `of` says goes before the page's scope. */
export function facts(scope: Scope, of: FactsOf): RouteLocationRaw {
  const query: Record<string, string> = {
    indicators: of.indicators.join(','),
    from: of.from ?? scope.from,
    until: of.until ?? scope.until,
  }
  const region = of.region ?? scope.region
  if (region) query.regions = region
  if (of.industry) query.industry = of.industry
  if (of.detail) query.detail = of.detail
  if (of.broker) query.broker = of.broker
  if (of.exact) query.exact = 'true'
  return { path: '/cockpit/facts', query }
}

export interface WaitingOf {
  what: Ageing['what'] | 'load'
  broker?: string
  over?: number
  within?: number
  late?: boolean
}

export function waiting(region: string, of: WaitingOf): RouteLocationRaw {
  const query: Record<string, string> = { what: of.what }
  if (region) query.regions = region
  if (of.broker) query.broker = of.broker
  if (of.over) query.over = String(of.over)
  if (of.within) query.within = String(of.within)
  if (of.late) query.late = 'true'
  return { path: '/cockpit/waiting', query }
}
