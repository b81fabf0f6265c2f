// Contrast of text on its ground, as WCAG 2 computes it: at least 4.5 to 1.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const css = readFileSync(fileURLToPath(new URL('./style.css', import.meta.url)), 'utf8')

function colour(name: string): number[] {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(css)?.[1]
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

it.each([
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
  ['surface', 'brand'],
  ['need', 'need-soft'],
  ['need', 'surface'],
  ['warn', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['bad', 'surface'],
  ['ok', 'ok-soft'],
])('%s on %s can be read', (text, ground) => expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5))
