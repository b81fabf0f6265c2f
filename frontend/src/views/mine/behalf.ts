// Entering for an organisation that is not one's own, as the bureau does.

import type { Kind } from '@/lib/filter'

/** Whether a region (GB/T 2260) lies in that of an operator; who is bound to none reaches all, and no region is everywhere. */
export function reaches(own: string, region: string): boolean {
  return !own || !region || region.startsWith(own.replace(/(00)+$/, ''))
}

/** Whether accounts of such an organisation manage records of that side themselves. */
export function managesIt(organisation: string, kind: Kind): boolean {
  return kind === 'need'
    ? organisation === 'enterprise'
    : organisation === 'university' || organisation === 'institute'
}
