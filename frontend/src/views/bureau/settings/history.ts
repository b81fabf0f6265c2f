// What a change of a setting changed, as people read it. The service tells the setting before and after as it is stored.

import type { Schemas } from '@/api/model'
import { amount, count, date } from '@/lib/format'
import { longest } from '../reviews/diff'
import { kindsOfDay } from './calendar'
import type { Rule } from './rules'
import { targetRates, targetRules } from './rules'

export interface Line {
  label: string
  /** "" is what was not set. */
  from: string
  to: string
}

type Numbers = Record<string, number>

const round = (n: number): number => Math.round(n * 10_000) / 10_000

/** The rule's number with its unit. */
export function ruleText(rule: Rule, stored: number | undefined): string {
  if (stored === undefined) return ''
  const option = rule.options?.find((o) => o.value === stored)
  return (
    option?.label ?? `${round(stored * (rule.times ?? 1)).toLocaleString('zh-CN')} ${rule.unit ?? ''}`.trim()
  )
}

/** The rules in which the two differ; without a before, all of them. */
export function numberLines(rules: readonly Rule[], before: Numbers | undefined, after: Numbers): Line[] {
  return rules
    .filter((r) => before?.[r.key] !== after[r.key])
    .map((r) => ({ label: r.label, from: ruleText(r, before?.[r.key]), to: ruleText(r, after[r.key]) }))
}

/** The targets of all years as they are stored. */
export type StoredTargets = Record<string, { values?: Numbers } & Record<string, unknown>>

/** The targets of a year as one list of numbers. */
export function flatTargets(all: StoredTargets | undefined, year: number | string): Numbers {
  const { values, ...rest } = all?.[year] ?? {}
  const rates = Object.fromEntries(targetRates.map((r) => [r.key, Number(rest[r.key] ?? 0)]))
  return { ...Object.fromEntries(targetRules.map((r) => [r.key, values?.[r.key] ?? 0])), ...rates }
}

export function targetLines(before: StoredTargets | undefined, after: StoredTargets): Line[] {
  const years = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].sort()
  return years.flatMap((year) =>
    numberLines([...targetRules, ...targetRates], flatTargets(before, year), flatTargets(after, year)).map(
      (l) => ({
        ...l,
        label: `${year} 年 · ${l.label}`,
      }),
    ),
  )
}

/** What was added to the calendar by hand. */
export interface StoredDays {
  days?: { day: string; kind: 'off' | 'work'; name?: string }[]
  years?: Record<string, string>
}

export function calendarLines(before: StoredDays | undefined, after: StoredDays): Line[] {
  const byDay = (s: StoredDays | undefined) =>
    new Map((s?.days ?? []).map((d) => [d.day, [kindsOfDay[d.kind], d.name].filter(Boolean).join(' ')]))
  const [was, is] = [byDay(before), byDay(after)]
  const days = [...new Set([...was.keys(), ...is.keys()])].sort()
  const years = [...new Set([...Object.keys(before?.years ?? {}), ...Object.keys(after.years ?? {})])].sort()
  return [
    ...days.map((d) => ({ label: d, from: was.get(d) ?? '', to: is.get(d) ?? '' })),
    ...years.map((y) => ({
      label: `${y} 年的依据`,
      from: before?.years?.[y] ?? '',
      to: after.years?.[y] ?? '',
    })),
  ].filter((l) => l.from !== l.to)
}

export type SubsidyPolicy = Schemas['SubsidyPolicy']
type Codes = { label: (list: string, code?: string) => string; path: (list: string, code?: string) => string }

const cap = (fen: number | undefined): string => (fen ? amount(fen) : '不设')

/** A policy as a list of what it says. */
function terms(p: SubsidyPolicy, codes: Codes): [label: string, text: string][] {
  return [
    ['办法名称', p.name],
    ['适用地区', codes.path('region', p.region) || '全部地区'],
    ['施行日期', date(p.effective_from)],
    ['终止日期', p.effective_until ? date(p.effective_until) : ''],
    ['计算基数', codes.label('subsidy_base', p.base)],
    ['补助比例', `${round(p.rate / 100)}%`],
    ['单项成果上限', cap(p.achievement_cap)],
    ['单位年度上限', cap(p.organisation_cap)],
    ['起补金额', cap(p.minimum)],
    ['认定登记', p.registered ? '须先登记' : '不要求'],
    ['补给', p.beneficiary === 'buyer' ? '需求方' : '成果方'],
    ['说明', p.note ?? ''],
  ]
}

export function policyLines(codes: Codes, before: SubsidyPolicy | undefined, after: SubsidyPolicy): Line[] {
  const was = new Map(before && terms(before, codes))
  return terms(after, codes)
    .map(([label, to]) => ({ label, from: was.get(label) ?? '', to }))
    .filter((l) => l.from !== l.to)
}

export type UndertakingText = Pick<Schemas['Undertaking'], 'title' | 'text'>

/** The title, and the paragraphs that only one of the texts has; those in the same place are one change. */
export function undertakingLines(before: UndertakingText | undefined, after: UndertakingText): Line[] {
  const title = { label: '标题', from: before?.title ?? '', to: after.title }
  const lines = title.from === title.to ? [] : [title]
  if (!before) return [...lines, { label: '正文', from: '', to: `${count(after.text.length)} 字` }]
  const [was, is] = [paragraphs(before.text), paragraphs(after.text)]
  const same = longest(was, is)
  for (let i = 0, j = 0; i < was.length || j < is.length;) {
    const gone = i < was.length && !same.x.has(i)
    const come = j < is.length && !same.y.has(j)
    if (gone || come) {
      const label = come ? `正文第 ${j + 1} 段` : `原正文第 ${i + 1} 段`
      lines.push({ label, from: gone ? was[i]! : '', to: come ? is[j]! : '' })
    }
    const kept = !gone && !come
    if (gone || kept) i++
    if (come || kept) j++
  }
  return lines
}

const paragraphs = (text: string): string[] => text.split(/\n+/).filter((p) => p.trim())
