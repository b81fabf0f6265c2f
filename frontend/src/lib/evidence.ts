// What of the evidence tells more than what stands beside it already.

import type { Evidence, MetricCheck } from '@/api/model'
import { plain } from './spans'

const metricLabel = '技术指标'

/** Where the targets are listed one by one, two of them quoted side by side say the same again. */
export function quotable(
  evidence: readonly Evidence[] = [],
  metrics: readonly MetricCheck[] = [],
): Evidence[] {
  const further = evidence.filter((e) => e.need.label !== metricLabel || e.achievement.label !== metricLabel)
  return metrics.length && further.length ? further : [...evidence]
}

/** What the verdict beside the two figures says as well. */
const plainReasons = new Set([
  '不高于目标',
  '不低于目标',
  '高于目标',
  '低于目标',
  '成果没有给出可以比较的数据',
])

/** Why, where it is more than a comparison of two numbers. */
export const reasonOf = (m: MetricCheck): string => (plainReasons.has(m.reason ?? '') ? '' : (m.reason ?? ''))

/** Whether the sentence that the figure was found in says more than the figure. */
export function quotes(m: MetricCheck): boolean {
  const said = plain(m.achievement?.spans).trim()
  return said !== '' && said !== m.figure
}
