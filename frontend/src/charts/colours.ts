// Colours of charts are those of the page, so that they follow light and dark.

const names = ['brand', 'need', 'ok', 'level-2', 'bad', 'warn', 'ink-3'] as const

export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

export const palette = (): string[] => names.map(cssColour)
