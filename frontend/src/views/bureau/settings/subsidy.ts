// When a policy holds.

interface Term {
  region?: string
  effective_from: string
  effective_until?: string
  created_at?: string
}

type State = '施行中' | '尚未施行' | '已终止' | '已被接替'

/** Of the policies of one region the one that took effect last holds, then the one that was made last. */
export function policyState(p: Term, today: string, all: readonly Term[] = []): State {
  if (p.effective_from > today) return '尚未施行'
  if (p.effective_until && p.effective_until < today) return '已终止'
  const order = (t: Term): string => `${t.effective_from} ${t.created_at}`
  const over = all.some(
    (t) =>
      (t.region ?? '') === (p.region ?? '') &&
      t.effective_from <= today &&
      !(t.effective_until && t.effective_until < today) &&
      order(t) > order(p),
  )
  return over ? '已被接替' : '施行中'
}
