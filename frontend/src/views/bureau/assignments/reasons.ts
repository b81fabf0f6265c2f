// Why something could not be recommended, in words for people.

import type { Schemas } from '@/api/model'

type Reason = NonNullable<Schemas['AssignmentItem']['reason']>

export const reasons: Record<Reason, string> = {
  no_candidate: '没有候选',
  below_level: '等级不够',
  repeated: '本周已推荐过',
  rejected: '已被否定',
  accepted: '已被采纳',
  need_full: '需求名额已用完',
  achievement_full: '成果名额已用完',
  team_full: '团队名额已用完',
  broker_full: '经理人名额已用完',
  no_broker: '没有负责的经理人',
  need_taken: '需求名额给了更合适的',
  achievement_taken: '成果名额给了更合适的',
  team_taken: '团队名额给了更合适的',
  broker_taken: '经理人名额给了更合适的',
  fairness: '为均衡让位',
  no_gain: '没有收益',
}

/** What the bureau can do about it; "" when it is as it should be. */
const remedies: Partial<Record<Reason, string>> = {
  no_candidate: '请企业补充需求，或等待新的成果',
  below_level: '可降低最低等级后试算',
  need_full: '可提高每条需求的名额',
  achievement_full: '可提高每项成果的名额',
  team_full: '可提高每个团队的名额',
  broker_full: '可提高经理人的名额',
  no_broker: '请为这个领域和地区安排经理人',
  broker_taken: '可提高经理人的名额',
}

/** Reasons with their numbers, the most frequent first. */
export function ranked(unplaced: Readonly<Record<string, number>> | undefined) {
  return Object.entries(unplaced ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => ({
      code,
      n,
      label: reasons[code as Reason] ?? '其他原因',
      remedy: remedies[code as Reason] ?? '',
    }))
}
