import { expect, it } from 'vitest'
import { complain, dueText, maxAnswer } from './questions'

const now = new Date('2026-11-22T04:00:00Z')

it('counts the days to the last day on which an answer is in time', () => {
  // The clock says midnight in Beijing after the last day.
  expect(dueText('2026-11-22T16:00:00Z', now)).toEqual({ text: '请在今天答复', late: false })
  expect(dueText('2026-11-25T16:00:00Z', now).text).toBe('请在2026年11月25日前答复，还有 3 天')
  expect(dueText('2026-11-20T16:00:00Z', now)).toEqual({
    text: '已超过答复期限 2 天，请尽快答复',
    late: true,
  })
})

it('refuses an empty and an endless answer', () => {
  expect(complain('  \n')).toBe('请填写答复。')
  expect(complain('五十万元')).toBe('')
  expect(complain('字'.repeat(maxAnswer + 1))).toContain('最多 2000 字')
})
