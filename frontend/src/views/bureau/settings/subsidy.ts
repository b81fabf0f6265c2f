// When a policy holds.

interface Term {
  effective_from: string
  effective_until?: string
}

export function policyState(p: Term, today: string): '施行中' | '尚未施行' | '已终止' {
  if (p.effective_from > today) return '尚未施行'
  return p.effective_until && p.effective_until < today ? '已终止' : '施行中'
}
