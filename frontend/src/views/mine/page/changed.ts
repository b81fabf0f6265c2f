// Where two texts differ: the part that changed, with a little of what is around it.

export interface Changed {
  head: string
  was: string
  is: string
  tail: string
}

/** How much of what stays the same is shown on either side, in characters. */
const around = 24

export function changed(before: string, after: string): Changed {
  const [a, b] = [[...before], [...after]]
  let from = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  let end = 0
  while (end < a.length - from && end < b.length - from && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++
  const head = a.slice(0, from)
  const tail = a.slice(a.length - end)
  return {
    head: (head.length > around ? '……' : '') + head.slice(-around).join(''),
    was: a.slice(from, a.length - end).join(''),
    is: b.slice(from, b.length - end).join(''),
    tail: tail.slice(0, around).join('') + (tail.length > around ? '……' : ''),
  }
}
