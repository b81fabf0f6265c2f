// What the cockpit and the wall show: all its parts for one period and region, read together and anew when something
// changes.

import { get } from '@/api/typed'
import { useLoad } from '@/lib/load'
import { useReload } from '@/live'
import type { Scope } from './links'

export function useCockpit(scope: () => Scope) {
  const load = useLoad(async (signal) => {
    const { from, until, region } = scope()
    const regions = region || undefined
    const [cockpit, ageing, brokers, needs, achievements] = await Promise.all([
      get('/statistics/cockpit', { query: { from, until, regions }, signal }),
      get('/statistics/ageing', { query: { regions }, signal }),
      get('/statistics/brokers', { query: { from, until, regions }, signal }),
      get('/statistics/exposure', { query: { kind: 'need', regions }, signal }),
      get('/statistics/exposure', { query: { kind: 'achievement', regions }, signal }),
    ])
    return { cockpit, ageing: ageing.items, brokers: brokers.items, exposure: [needs, achievements] }
  })
  // The service's figures follow what happens within seconds.
  useReload(['queue', 'introduction', 'deal', 'record', 'review'], load.run, 5000)
  return load
}
