// What the page does with a draft's text: pure, so that it can be tested without a browser.

import type { Diagnosis } from '@/api/model'

type Span = Diagnosis['passages'][number]['spans'][number]

/** Answers are written under their heading, as the forms print them; the clinic reads such headings. */
export function withAnswers(text: string, answers: readonly { heading: string; answer: string }[]): string {
  const lines = answers
    .map(({ heading, answer }) => ({ heading, answer: answer.trim().replaceAll(/\s*\n\s*/g, '；') }))
    .filter(({ answer }) => answer)
    .map(({ heading, answer }) => `${heading}：${answer}`)
  if (!lines.length) return text
  return [text.trimEnd(), ...lines].join('\n')
}

const keywordLine = /^关键词[：:](.*)$/m

/** The keywords that the text lists by itself. */
export function listedKeywords(text: string): string[] {
  const line = keywordLine.exec(text)?.[1] ?? ''
  return line
    .split(/[；;、，,]/)
    .map((w) => w.trim())
    .filter(Boolean)
}

/** Puts a keyword on the text's line of keywords, or takes it off; the line goes with its last word. */
export function toggleKeyword(text: string, word: string): string {
  const listed = listedKeywords(text)
  const next = listed.includes(word) ? listed.filter((w) => w !== word) : [...listed, word]
  const line = `关键词：${next.join('；')}`
  if (!keywordLine.test(text)) return `${text.trimEnd()}\n${line}`
  if (next.length) return text.replace(keywordLine, () => line)
  return text.replace(/\n?^关键词[：:].*$/m, '')
}

/** How a stretch of the draft is drawn: a vague word before all, then what it says of the aspect in focus. */
export function spanClass(span: Span, focus: string): string {
  const classes = []
  if (span.aspects?.length) classes.push('said')
  if (focus && span.aspects?.includes(focus)) classes.push('focus')
  if (span.vague) classes.push('vague')
  return classes.join(' ')
}

/** What a reader hears when the pointer rests on a stretch. */
export function spanTitle(span: Span, labels: ReadonlyMap<string, string>): string | undefined {
  const said = (span.aspects ?? []).map((a) => labels.get(a) ?? a).join('、')
  const parts = [said && `说明了：${said}`, span.vague && '不好判断的说法']
  return parts.filter(Boolean).join('；') || undefined
}
