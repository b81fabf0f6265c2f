// A QR code (ISO/IEC 18004) for one short address: byte mode, correction level L, versions 1 to 9. A dependency would be
// larger than what is needed of it.

/** By version: bytes in all, correction bytes of a block, blocks, centres of the alignment patterns. */
const versions: readonly { bytes: number; correction: number; blocks: number; centres: number[] }[] = [
  { bytes: 26, correction: 7, blocks: 1, centres: [] },
  { bytes: 44, correction: 10, blocks: 1, centres: [6, 18] },
  { bytes: 70, correction: 15, blocks: 1, centres: [6, 22] },
  { bytes: 100, correction: 20, blocks: 1, centres: [6, 26] },
  { bytes: 134, correction: 26, blocks: 1, centres: [6, 30] },
  { bytes: 172, correction: 18, blocks: 2, centres: [6, 34] },
  { bytes: 196, correction: 20, blocks: 2, centres: [6, 22, 38] },
  { bytes: 242, correction: 24, blocks: 2, centres: [6, 24, 42] },
  { bytes: 292, correction: 30, blocks: 2, centres: [6, 26, 46] },
]

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

type Matrix = boolean[][]

/** The modules, row by row, true where dark; undefined when the text is too long. */
export function qrMatrix(text: string): Matrix | undefined {
  const data = [...new TextEncoder().encode(text)]
  // Four bits say the mode, eight how many bytes follow.
  const index = versions.findIndex((v) => data.length + 2 <= v.bytes - v.correction * v.blocks)
  if (index < 0) return undefined
  const words = codewords(data, index)
  const drawn = masks.map((_, mask) => draw(words, index, mask))
  return drawn.reduce((best, m) => (penalty(m) < penalty(best) ? m : best))
}

function codewords(data: number[], index: number): number[] {
  const v = versions[index]!
  const room = v.bytes - v.correction * v.blocks
  const bits = [0, 1, 0, 0, ...bitsOf(data.length, 8), ...data.flatMap((b) => bitsOf(b, 8)), 0, 0, 0, 0]
  const filled = Array.from({ length: bits.length / 8 }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((n, b) => n * 2 + b, 0),
  )
  for (let pad = 0xec; filled.length < room; pad ^= 0xec ^ 0x11) filled.push(pad)
  const size = room / v.blocks
  const blocks = Array.from({ length: v.blocks }, (_, i) => filled.slice(i * size, (i + 1) * size))
  const corrections = blocks.map((b) => remainder(b, v.correction))
  const woven = (of: number[][]) => of[0]!.flatMap((_, i) => of.map((b) => b[i]!))
  return [...woven(blocks), ...woven(corrections)]
}

const bitsOf = (n: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => (n >> (width - 1 - i)) & 1)

/** The product in GF(2⁸) modulo x⁸+x⁴+x³+x²+1. */
function times(a: number, b: number): number {
  let out = 0
  for (let i = 7; i >= 0; i--) {
    out = (out << 1) ^ ((out >> 7) * 0x11d)
    out ^= ((b >> i) & 1) * a
  }
  return out
}

/** Reed–Solomon: what is left of the data divided by the generator of that degree. */
function remainder(data: number[], degree: number): number[] {
  const generator: number[] = new Array<number>(degree).fill(0)
  generator[degree - 1] = 1
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2))
    for (let j = 0; j < degree; j++) generator[j] = times(generator[j]!, root) ^ (generator[j + 1] ?? 0)
  const left: number[] = new Array<number>(degree).fill(0)
  for (const b of data) {
    const factor = b ^ left.shift()!
    left.push(0)
    generator.forEach((g, i) => (left[i]! ^= times(g, factor)))
  }
  return left
}

function draw(words: number[], index: number, mask: number): Matrix {
  const { cells, fixed, set, size } = patterns(index)
  drawFormat(set, size, mask)
  if (index >= 6) drawVersion(set, size, index + 1)
  const bits = words.flatMap((w) => bitsOf(w, 8))
  let next = 0
  // Two columns at a time from the right, up and down; the column of the timing pattern is passed over.
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const up = ((right + 1) & 2) === 0
    for (let i = 0; i < size; i++)
      for (const x of [right, right - 1]) {
        const y = up ? size - 1 - i : i
        if (!fixed[y]![x]) cells[y]![x] = ((bits[next++] ?? 0) === 1) !== masks[mask]!(x, y)
      }
  }
  return cells
}

type Set = (x: number, y: number, dark: boolean) => void

/** Finder, timing and alignment patterns. */
function patterns(index: number) {
  const size = 21 + index * 4
  const grid = (): Matrix => Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const [cells, fixed] = [grid(), grid()]
  const set: Set = (x, y, dark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return
    cells[y]![x] = dark
    fixed[y]![x] = true
  }
  const square = (cx: number, cy: number, reach: number, light: readonly number[]) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))))
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  const last = size - 7
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, [2, 4])
  for (const x of versions[index]!.centres)
    for (const y of versions[index]!.centres)
      if (
        ![
          [6, 6],
          [6, last],
          [last, 6],
        ].some(([a, b]) => a === x && b === y)
      )
        square(x, y, 2, [1])
  return { cells, fixed, set, size }
}

/** Level L is 01; ten bits correct the five, and a fixed mask keeps them from being all light. */
function drawFormat(set: Set, size: number, mask: number): void {
  const data = (1 << 3) | mask
  let rest = data
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537)
  const bits = ((data << 10) | rest) ^ 0x5412
  const bit = (i: number) => ((bits >> i) & 1) === 1
  for (let i = 0; i < 15; i++) {
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, bit(i))
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, bit(i))
  }
  set(8, size - 8, true)
}

function drawVersion(set: Set, size: number, version: number): void {
  let rest = version
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
    set(a, b, ((bits >> i) & 1) === 1)
    set(b, a, ((bits >> i) & 1) === 1)
  }
}

/** Long runs of one colour and an uneven balance are hard to read. */
function penalty(m: Matrix): number {
  const columns = m.map((_, x) => m.map((row) => row[x]!))
  const runs = [...m, ...columns]
    .flatMap(
      (line) =>
        line
          .map((c) => (c ? '1' : '0'))
          .join('')
          .match(/0+|1+/g) ?? [],
    )
    .reduce((sum, run) => sum + (run.length >= 5 ? run.length - 2 : 0), 0)
  const finders = [...m, ...columns]
    .map((line) => line.map((c) => (c ? '1' : '0')).join(''))
    .reduce((sum, line) => sum + 40 * (line.match(/(?=10111010000|00001011101)/g)?.length ?? 0), 0)
  const dark = m.flat().filter(Boolean).length / m.flat().length
  return runs + finders + 10 * Math.floor(Math.abs(dark * 20 - 10))
}
