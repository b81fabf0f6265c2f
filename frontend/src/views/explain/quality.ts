// What a model measured, in words that need no textbook.

import type { Schemas } from '@/api/model'
import { count, date } from '@/lib/format'

export type ModelVersion = Schemas['ModelVersion']

export interface Quality {
  key: string
  label: string
  value: string
  /** The 95 % interval, "77.2%～81.4%". */
  range: string
  /** What the old version or a plain full-text search gave on the same data. */
  beside: string
  meaning: string
}

interface Kind {
  key: string
  label: string
  meaning: string
  share?: boolean
}

/** In the order in which they are shown; what is not here is for experts and stays in the interface. */
const kinds: Kind[] = [
  {
    key: 'pair_accuracy',
    label: '次序正确率',
    share: true,
    meaning: '人工分级不同的两项，系统排对先后的比例；随意排列是 50%。',
  },
  {
    key: 'ndcg_10',
    label: '前十名排序质量（nDCG）',
    meaning: '好的是否排在前十的前面，1 为与人工完全一致。',
  },
  {
    key: 'level_score',
    label: '等级接近程度',
    meaning: '系统给的等级与人工差多少，1 为完全相同；同一对请人再评一次约为 0.73。',
  },
  {
    key: 'ece_fair',
    label: '“较强以上”可能性的偏差',
    share: true,
    meaning: '给出的可能性与实际发生的比例平均相差多少，越小越可信。',
  },
  { key: 'ece_weak', label: '“有关联”可能性的偏差', share: true, meaning: '同上，针对弱及以上。' },
  {
    key: 'text_pair_accuracy',
    label: '次序正确率（成果有正文）',
    share: true,
    meaning: '在自有样例的 162 对判断上；样例是自拟的，只说明没有明显错误。',
  },
  {
    key: 'held_out_accuracy',
    label: '次序正确率（技术经理人的决定）',
    share: true,
    meaning: '在训练时没有用到的决定上，采纳的排在不采纳的前面的比例。',
  },
  {
    key: 'sample_accuracy',
    label: '次序正确率（样例）',
    share: true,
    meaning: '在样例的人工分级上，确认没有变差。',
  },
  {
    key: 'graded_accuracy',
    label: '次序正确率（人工分级数据）',
    share: true,
    meaning: '在真实需求的人工分级上，确认没有变差。',
  },
  {
    key: 'mrr',
    label: '前后文互找的准确程度（MRR）',
    meaning: '同一份材料的前后两半能否互相找到，1 为总在第一位。',
  },
]

const shown = (k: Kind, v: number): string => (k.share ? `${(v * 100).toFixed(1)}%` : v.toFixed(3))

export function qualities(m: ModelVersion): Quality[] {
  const f = m.figures ?? {}
  return kinds.flatMap((k) => {
    const v = f[k.key]
    if (v === undefined) return []
    const [low, high] = [f[`${k.key}_low`], f[`${k.key}_high`]]
    const parent = f[`parent_${k.key}`]
    const plain = f[`bm25_${k.key}`]
    return [
      {
        key: k.key,
        label: k.label,
        value: shown(k, v),
        range: low !== undefined && high !== undefined ? `${shown(k, low)}～${shown(k, high)}` : '',
        beside:
          parent !== undefined
            ? `原版本 ${shown(k, parent)}`
            : plain !== undefined
              ? `普通全文检索 ${shown(k, plain)}`
              : '',
        meaning: k.meaning,
      },
    ]
  })
}

/** On how much it learned, in words. */
export function learned(m: ModelVersion): string[] {
  const f = m.figures ?? {}
  const said: string[] = []
  if (f.decisions) said.push(`学习了技术经理人的 ${count(f.decisions)} 次决定`)
  if (f.comparisons) said.push(`从中得到 ${count(f.comparisons)} 次先后比较`)
  if (f.held_out_pairs) said.push(`另留 ${count(f.held_out_pairs)} 次比较不参加训练，用来检验`)
  if (f.texts) said.push(`读了本平台的 ${count(f.texts)} 条需求与成果`)
  if (f.new_words) said.push(`学会 ${count(f.new_words)} 个新词`)
  return said
}

/** What the version is called on the screen. */
export function modelName(m: ModelVersion, builtin: boolean): string {
  const kind = m.kind === 'vectors' ? '词向量' : '排序模型'
  return builtin ? `自带${kind}` : m.kind === 'vectors' ? '本平台适配的词向量' : '由决定学习的排序模型'
}

/** Names of versions and exponents inside provenances are for machines and experts. */
export const plain = (text: string): string =>
  text
    .replace(/\s?\b(ranker-1|fallback-1)\b\s?/g, '自带模型')
    .replace(/\s?\b[0-9a-f]{12}\b\s?/g, '')
    .replace(/\s?\b(\d{4}-\d{2}-\d{2})\b\s?/g, (_, day: string) => date(day))
    .replace(/；位置影响按名次的 [-\d.]+ 次方校正（[^）]*）/, '；排得靠前更容易被采纳，已按此校正')
