// How long a submission has waited, against the days within which the bureau answers.

/** The bureau's promise for reviews, in days (办事指南中的审核时限). */
export const reviewDays = 3

export type Age = 'fresh' | 'due' | 'late'

/** Due on the last day, late after it. */
export function age(days: number): Age {
  return days > reviewDays ? 'late' : days >= reviewDays - 1 ? 'due' : 'fresh'
}

export function waitedText(days: number): string {
  if (days === 0) return '今天提交'
  return days > reviewDays ? `等待 ${days} 天，超期 ${days - reviewDays} 天` : `等待 ${days} 天`
}
