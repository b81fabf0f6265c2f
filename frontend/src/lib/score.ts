// The parts of a score, made ready to draw: which share of the strongest part each has.

export interface Part {
  name: string
  label: string
  value: number
  points: number
}

export interface Bar {
  name: string
  label: string
  /** 0–100, the length beside the longest bar. */
  width: number
  /** Out of a hundred: "+24.0", "−5.0". */
  points: string
  negative: boolean
}

/** Strongest first, parts that add nothing left out. */
export function bars(parts: readonly Part[]): Bar[] {
  const longest = Math.max(...parts.map((p) => Math.abs(p.points)), 0)
  return parts
    .filter((p) => Math.abs(p.points) >= 0.005)
    .sort((a, b) => b.points - a.points)
    .map((p) => ({
      name: p.name,
      label: p.label,
      width: Math.round((Math.abs(p.points) / longest) * 100),
      points: (p.points < 0 ? '−' : '+') + (Math.abs(p.points) * 100).toFixed(1),
      negative: p.points < 0,
    }))
}
