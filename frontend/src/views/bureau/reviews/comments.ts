// Comments of a review: what is to be changed, in which field. An empty field is the whole record.

export interface Comment {
  field: string
  message: string
}

/** Limits of the service: MaxComments and MaxNote. */
const mostComments = 100
export const longestComment = 2000

/** The fields where the clinic's aspects are written, by kind of record. */
const aspectFields: Record<'need' | 'achievement', Record<string, string>> = {
  need: {
    object: 'title',
    problem: 'problem',
    metrics: 'metrics',
    conditions: 'constraints',
    foundation: 'foundation',
    outcome: 'outcomes',
    budget: 'price',
    deadline: 'deadline',
    cooperation: 'cooperation',
  },
  achievement: {
    object: 'title',
    abstract: 'abstract',
    innovation: 'innovations',
    application: 'applications',
    metrics: 'metrics',
    maturity: 'maturity',
    ip: 'ips',
    price: 'price',
    cooperation: 'cooperation',
    team: 'team',
  },
}

export const fieldOfAspect = (kind: 'need' | 'achievement', aspect: string): string =>
  aspectFields[kind][aspect] ?? ''

/** The first name of a path: "metrics[0].value" is a comment on metrics. */
export const fieldOf = (path: string): string => /^[^.[]*/.exec(path)![0]

/** Adds a comment unless it is there already. */
export function withComment(all: readonly Comment[], c: Comment): Comment[] {
  const message = c.message.trim()
  if (!message || all.some((o) => o.field === c.field && o.message === message)) return [...all]
  return [...all, { field: c.field, message }].slice(0, mostComments)
}

/** Comments by field, for the fields that have some. */
export function byField(all: readonly Comment[]): Map<string, { at: number; message: string }[]> {
  const out = new Map<string, { at: number; message: string }[]>()
  all.forEach((c, at) => {
    const field = fieldOf(c.field)
    out.set(field, [...(out.get(field) ?? []), { at, message: c.message }])
  })
  return out
}
