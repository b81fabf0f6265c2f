import type { Schemas } from '@/api/model'
import { amount, count } from '@/lib/format'

/** A figure in its unit: "67", "3,000 万元", "74.6%", "36 小时". */
export function cardValue(c: Pick<Schemas['Card'], 'unit'>, value: number): string {
  switch (c.unit) {
    case 'fen':
      return amount(value)
    case 'part':
      return `${(value * 100).toLocaleString('zh-CN', { maximumFractionDigits: 1 })}%`
    case 'hours':
      return `${value.toLocaleString('zh-CN', { maximumFractionDigits: 1 })} 小时`
    default:
      return count(value)
  }
}
