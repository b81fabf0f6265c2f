// What the cockpit and the wall show: all its parts for one period and region, read together and anew when something
// changes.

import { get } from '@/api/typed'
import { useLoad } from '@/lib/load'
import { debounced } from '@/lib/ime'
import { useLive } from '@/live'
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
  // Figures follow what happens within seconds, and many things happen at once.
  const again = debounced(() => void load.run(), 5000)
  useLive(['queue', 'introduction', 'deal', 'record', 'review'], again)
  return load
}
