// What an owner can do about the reasons for which pairs come to nothing. Codes of the list "rejection".

import type { Kind } from '@/lib/filter'

const advice: Record<Kind, Record<string, string>> = {
  achievement: {
    immature: '在成果里写明做到了哪一步：样机、中试还是批量应用，并附检测报告或应用证明。',
    no_advantage: '写清与现有技术相比好在哪里，最好给出同一指标的对比数据。',
    metrics: '补全技术指标的数值、单位和测试条件，没有写的指标会被当作达不到。',
    cost: '说明实施的成本、设备和原料要求，或给出投入产出的估算。',
    business: '补充应用案例、目标用户和合作方式，让企业看得懂怎样用起来。',
    unclear: '把成果简介写具体：解决什么问题、用什么办法、得到什么结果。',
    field: '检查技术领域、关键词和应用场景，去掉过宽的说法。',
    rights: '写明知识产权的归属和状态，共有的注明其他权利人是否同意。',
    price: '价格可改为区间或「面议」，并注明可以接受的合作方式。',
    no_answer: '及时答复对接邀请；可在「通知与订阅」里打开邮件提醒。',
  },
  need: {
    immature: '写明能接受的成熟度：愿意合作开发的，可以放宽到中试以前。',
    no_advantage: '说明现有做法和它的不足，便于判断什么样的技术才有优势。',
    metrics: '核对指标要求是否必须，能放宽的写成区间，并注明测试条件。',
    cost: '写明预算和可以接受的成本，或改为「面议」。',
    business: '说明用在什么产品上、年用量多少，让对方看得到合作的前景。',
    unclear: '把难题写具体：对象、现状、希望达到的指标。可先做一次「需求诊断」。',
    field: '检查技术领域和关键词，一条需求只写一个技术问题。',
    rights: '说明希望取得的权利：独占、普通许可还是共同申请。',
    price: '拟投入资金可以写成区间，注明可分期或按效果付费。',
    no_answer: '及时答复对接邀请；可在「通知与订阅」里打开邮件提醒。',
    changed: '需求有变化时及时修改或撤回，避免经理人白跑。',
    solved: '已经解决的需求请标记为「已解决」，不再参与推荐。',
    funds: '资金未落实的可先暂停，落实后再恢复。',
  },
}

export const adviceFor = (kind: Kind, reason: string): string => advice[kind][reason] ?? ''

/** How long each bar is, in per cent of the longest; the shortest stays visible. */
export function widths(counts: readonly number[]): number[] {
  const most = Math.max(0, ...counts)
  return counts.map((n) => (most && n ? Math.max(2, Math.round((n / most) * 100)) : 0))
}

/** Who gave a reason, in the owner's words. */
export function giver(by: string | undefined, own: Kind): string {
  if (!by) return ''
  if (by === 'broker') return '技术经理人'
  return by === own ? '本单位' : '对方'
}

/** The look of an outcome. */
export function outcomeTone(outcome: string): '' | 'ok' | 'warn' | 'bad' | 'brand' {
  if (outcome === 'interested') return 'ok'
  if (outcome === 'accepted' || outcome === 'invited') return 'brand'
  if (outcome === 'waiting') return 'warn'
  if (outcome === 'gone' || outcome === 'closed') return ''
  return 'bad'
}
