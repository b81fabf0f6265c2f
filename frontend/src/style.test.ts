// Contrast of text on its ground, as WCAG 2 computes it: at least 4.5 to 1.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const css = readFileSync(fileURLToPath(new URL('./style.css', import.meta.url)), 'utf8')

const sections = {
  light: css.slice(0, css.indexOf('html.dark {')),
  dark: css.slice(css.indexOf('html.dark {')),
}
let theme: keyof typeof sections = 'light'

function colour(name: string): number[] {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(sections[theme])?.[1]
  if (!hex) throw new Error(`style.css has no colour --${name}`)
  return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
}

function luminance(name: string): number {
  const [r = 0, g = 0, b = 0] = colour(name).map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const pairs = [
  ['ink', 'ground'],
  ['ink', 'mark'],
  ['ink-2', 'ground'],
  ['ink-2', 'surface'],
  ['ink-2', 'mark'],
  ['ink-3', 'ground'],
  ['ink-3', 'surface'],
  ['brand', 'surface'],
  ['brand', 'ground'],
  ['brand-strong', 'brand-soft'],
  ['brand-strong', 'surface'],
  ['need', 'need-soft'],
  ['need', 'surface'],
  ['warn', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['bad', 'surface'],
  ['ok', 'ok-soft'],
  ['level-1', 'surface'],
  ['level-2', 'surface'],
  ['level-3', 'surface'],
  ['level-4', 'surface'],
  ['on-brand', 'brand'],
]

it.each([...pairs.map((p) => ['light', ...p]), ...pairs.map((p) => ['dark', ...p])])(
  '%s: %s on %s can be read',
  (which, text, ground) => {
    theme = which as keyof typeof sections
    expect(contrast(text!, ground!)).toBeGreaterThanOrEqual(4.5)
  },
)
