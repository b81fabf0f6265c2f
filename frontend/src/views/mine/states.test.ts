import { expect, it } from 'vitest'
import type { AnyRecord } from '@/api/model'
import { refusal } from './page/files'
import { changed } from './page/changed'
import { countdown, modeOf, nextOf, waitingOf, type Standing } from './states'
import { askOf, hintOf, undoOf } from './steps'

const now = new Date('2026-11-22T04:00:00Z')
const record = (status: AnyRecord['status'], valid_until?: string) => ({ status, valid_until }) as AnyRecord

it('says what the owner should do next', () => {
  expect(nextOf(record('returned'), { comments: 2 } as Standing, now)).toBe('按 2 条意见修改后再提交')
  expect(nextOf(record('draft'), { completeness: 80 } as Standing, now)).toBe('可以提交审核')
  expect(nextOf(record('published', '2026-12-01'), undefined, now)).toBe('快到期了，请续期')
  expect(nextOf(record('published', '2027-12-01'), undefined, now)).toBe('')
})
it('says how long reviewers have had it', () => {
  const since = (submitted_at: string, revision = false) =>
    ({ review: 'pending', revision, submitted_at }) as Standing
  expect(waitingOf(record('pending'), since('2026-11-19T04:00:00Z'), now)).toBe('已等 3 天')
  expect(waitingOf(record('pending'), since('2026-11-22T03:00:00Z'), now)).toBe('今天提交')
  expect(waitingOf(record('published'), since('2026-11-20T03:00:00Z', true), now)).toBe('修改待审核 2 天')
})
it('counts down', () => {
  expect(countdown('2026-11-22', now)).toBe('今天到期')
  expect(countdown('2026-11-20', now)).toBe('已过期 2 天')
  expect(countdown(undefined, now)).toBe('')
})
it('a draft is saved in place, a shown record only through review', () => {
  expect(
    ['draft', 'returned', 'pending', 'published', 'engaged', 'expired'].map((s) =>
      modeOf(s as AnyRecord['status']),
    ),
  ).toEqual(['draft', 'draft', 'pending', 'revision', 'revision', 'closed'])
})
it('undo leads back to where the record was', () => {
  expect(undoOf('pause', 'published')).toEqual(['resume'])
  expect(undoOf('settle', 'paused')).toEqual(['reopen', 'pause'])
  expect(undoOf('withdraw', 'published')).toBeUndefined()
  expect(askOf('withdraw', 'published', true, '撤回')?.reason).toBe(true)
  expect(hintOf('withdraw', 'pending')).toContain('退出审核')
  expect(askOf('pause', 'published', false, '暂停')).toBeUndefined()
})
it('refuses a file before it is sent', () => {
  expect(refusal({ name: 'a.exe', size: 1 }, [])).toContain('类型不能上传')
  expect(refusal({ name: 'a.pdf', size: 21 * 1024 * 1024 }, [])).toContain('20 MB')
  expect(refusal({ name: 'a.PDF', size: 1 }, Array(20).fill({ size: 1 }))).toContain('最多 20 个')
  expect(refusal({ name: 'a.jpeg', size: 1 }, [])).toBe('')
})
it('shows of a long text what changed', () => {
  const long = '字'.repeat(50)
  expect(changed(`${long}旧${long}`, `${long}新的${long}`)).toEqual({
    head: `……${'字'.repeat(24)}`,
    was: '旧',
    is: '新的',
    tail: `${'字'.repeat(24)}……`,
  })
  expect(changed('甲', '甲乙')).toEqual({ head: '甲', was: '', is: '乙', tail: '' })
})
