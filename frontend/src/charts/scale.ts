// Scales and areas of charts that are drawn as plain elements.

/** Round steps from 0 up to at least the largest value, about `parts` of them; whole ones for what is counted. */
export function ticks(largest: number, whole: boolean, parts = 4): number[] {
  const raw = Math.max(largest, whole ? 1 : Number.MIN_VALUE) / parts
  const power = 10 ** Math.floor(Math.log10(raw))
  const steps = [1, 2, 2.5, 5, 10, 20].map((n) => Number((n * power).toPrecision(12)))
  const step = steps.find((n) => n >= raw - 1e-9 && (!whole || Number.isInteger(n))) ?? Math.ceil(raw)
  const count = Math.max(1, Math.ceil(largest / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/**
 * Divides an area among values that go from large to small, in boxes as square as can be (Bruls, Huizing and van Wijk:
 * Squarified Treemaps, 2000). The boxes are in the order of the values.
 */
export function squarify(values: readonly number[], width: number, height: number): Box[] {
  const total = values.reduce((a, b) => a + b, 0)
  if (!(total > 0)) return []
  const areas = values.map((v) => (v / total) * width * height)
  const boxes: Box[] = []
  let rest: Box = { x: 0, y: 0, width, height }
  let at = 0
  while (at < areas.length) {
    const side = Math.min(rest.width, rest.height)
    let end = at + 1
    while (end < areas.length && worst(areas.slice(at, end + 1), side) <= worst(areas.slice(at, end), side))
      end++
    rest = lay(areas.slice(at, end), rest, boxes)
    at = end
  }
  return boxes
}

/** The longest of the boxes' proportions when they share a side. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((a, b) => a + b, 0)
  const [largest, smallest] = [Math.max(...row), Math.min(...row)]
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest))
}

/** Puts a row along the shorter side and returns what is left. */
function lay(row: readonly number[], rest: Box, boxes: Box[]): Box {
  const sum = row.reduce((a, b) => a + b, 0)
  if (rest.width >= rest.height) {
    const width = sum / rest.height
    let y = rest.y
    for (const area of row) {
      boxes.push({ x: rest.x, y, width, height: area / width })
      y += area / width
    }
    return { ...rest, x: rest.x + width, width: rest.width - width }
  }
  const height = sum / rest.width
  let x = rest.x
  for (const area of row) {
    boxes.push({ x, y: rest.y, width: area / height, height })
    x += area / height
  }
  return { ...rest, y: rest.y + height, height: rest.height - height }
}
