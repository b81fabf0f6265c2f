import { describe, expect, it } from 'vitest'
import { newMessages, readText } from './reading'

describe('who has read a message', () => {
  const side = { party: 'need', broker: 'u_1' } as const
  const broker = { party: 'broker', broker: 'u_1' } as const
  it.each([
    ['nobody yet', side, { party: 'need' }, '对方、技术经理人未读'],
    ['the other side', side, { party: 'need', read_by: ['achievement'] }, '对方已读，技术经理人未读'],
    ['all', side, { party: 'need', read_by: ['achievement', 'broker'] }, '对方、技术经理人已读'],
    ['one without a broker', { party: 'need' }, { party: 'need' }, '对方未读'],
    ["the other's is none of mine", side, { party: 'achievement', read_by: ['broker'] }, ''],
    ['the broker sees both', broker, { party: 'broker', read_by: ['need'] }, '需求方已读，成果方未读'],
    ['and how a side is heard', broker, { party: 'need' }, '成果方未读'],
    [
      'who looks on sees all',
      { broker: 'u_1' },
      { party: 'need', read_by: ['broker'] },
      '技术经理人已读，成果方未读',
    ],
    ['of the service itself', broker, {}, ''],
  ] as const)('%s', (_, i, m, want) => {
    expect(readText({ id: 'w_1', ...m, read_by: m && 'read_by' in m ? [...m.read_by] : undefined }, i)).toBe(
      want,
    )
  })
})

describe('what is new', () => {
  const all = [
    { id: '1', author: 'other' },
    { id: '2', author: 'me' },
    { id: '3' }, // a name that is not told
    { id: '4', author: 'other' },
  ]
  it('are the last that others wrote', () => {
    expect(newMessages(all, 2, 'me')).toEqual(['3', '4'])
    expect(newMessages(all, 9, 'me')).toEqual(['1', '3', '4'])
    expect(newMessages(all, undefined, 'me')).toEqual([])
    expect(newMessages(all, 0, 'me')).toEqual([])
  })
})
