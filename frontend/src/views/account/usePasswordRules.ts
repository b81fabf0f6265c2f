import { shallowRef } from 'vue'
import { get } from '@/api/typed'
import type { Rules } from './password'

/** The rules in force; those of 等保二级 until the server has said its own. */
export function usePasswordRules() {
  const rules = shallowRef<Rules>({ min_length: 8, classes: 3, history: 3 })
  // Without an answer the server still says what is wrong with a password.
  get('/settings/security').then(
    (policy) => (rules.value = policy),
    () => undefined,
  )
  return rules
}
