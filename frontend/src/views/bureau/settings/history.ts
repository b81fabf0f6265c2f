// What a change of a setting changed, as people read it. The service tells the setting before and after as it is stored.

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
