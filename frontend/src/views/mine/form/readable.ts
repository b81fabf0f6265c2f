// A field of the form as people read it, for comparing and checking.

import type { Codes } from '@/lib/codes'
import { date, metricValue, money, trl } from '@/lib/format'
import {
  metricOf,
  moneyOf,
  type ContactForm,
  type IPRow,
  type MetricRow,
  type MoneyForm,
  type TeamRow,
} from './model'
import type { FieldSpec } from './steps'

/** Several lines for rows; "" when nothing was filled in. */
export function readable(
  spec: FieldSpec | undefined,
  value: unknown,
  codes: Pick<Codes, 'label' | 'path'>,
): string {
  const list = spec?.list ?? ''
  switch (spec?.kind) {
    case 'choice':
    case 'select':
    case 'disclosure':
      return codes.label(list, value as string)
    case 'region':
      return codes.path(list, value as string)
    case 'codes':
    case 'checks':
      return (value as string[]).map((c) => codes.label(list, c)).join('、')
    case 'words':
      return (value as string[]).join('、')
    case 'date':
      return date(value as string)
    case 'flag':
      return value ? '是' : ''
    case 'trl':
      return value ? trl(value as number, codes.label('trl', String(value))) : ''
    case 'money':
      return money(moneyOf(value as MoneyForm))
    case 'contact':
      return Object.values(value as ContactForm)
        .filter(Boolean)
        .join(' ')
    case 'metrics':
      return (value as MetricRow[]).map(metricLine).filter(Boolean).join('\n')
    case 'ips':
      return (value as IPRow[])
        .filter((ip) => ip.kind)
        .map((ip) =>
          words(codes.label('ip', ip.kind), ip.title, ip.number, codes.label('ip_state', ip.state)),
        )
        .join('\n')
    case 'team':
      return (value as TeamRow[])
        .filter((m) => m.name)
        .map((m) => words(m.name, m.title, m.unit, m.role))
        .join('\n')
    default:
      return typeof value === 'string' ? value : ''
  }
}

const words = (...parts: string[]): string => parts.filter(Boolean).join(' ')

function metricLine(row: MetricRow): string {
  const m = metricOf(row)
  if (!m) return row.name && `${row.name}（没有填完）`
  return `${m.name} ${metricValue(m)}${m.current ? `（现在 ${m.current}）` : ''}`
}
