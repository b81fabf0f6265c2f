import { afterEach, describe, expect, it, vi } from 'vitest'
import { givenBack, handOver } from './handover'
import type { Candidate } from './queuelist'

const post = vi.hoisted(() => vi.fn())
vi.mock('@/api/typed', () => ({ post }))
const some = (n: number, broker = 'u_1') =>
  Array.from({ length: n }, (_, i) => ({ id: `k_${i}`, need: `需求${i}`, broker }) as Candidate)
type Body = { body: { ids: string[] } }

afterEach(() => post.mockReset())

describe('handing over', () => {
  it('asks once for fifty, and says which were refused', async () => {
    post.mockImplementation((_: string, { body }: Body) =>
      Promise.resolve({
        items: body.ids.map((id) =>
          id === 'k_3' ? { id, error: { message: '已经处理' } } : { id, candidate: { id } },
        ),
      }),
    )
    const progress: number[] = []
    const { handed, refused } = await handOver(some(60), 'u_2', '', (n) => progress.push(n))
    expect(post).toHaveBeenCalledTimes(2)
    expect(progress).toEqual([50, 60])
    expect(handed).toHaveLength(59)
    expect(refused).toEqual(['「需求3」已经处理'])
  })
  it('leaves the rest when a request fails', async () => {
    post.mockRejectedValue(new Error('x'))
    const { handed, refused } = await handOver(some(60), 'u_2', '')
    expect(post).toHaveBeenCalledTimes(1)
    expect(handed).toEqual([])
    expect(refused[0]).toMatch(/^有 60 条没有移交：/)
  })
  it('goes back to whom each came from', () => {
    const was = [...some(2), { ...some(3)[2]!, broker: 'u_3' }]
    expect([...givenBack(was.slice(1), was)!].map(([to, c]) => [to, c.length])).toEqual([
      ['u_1', 1],
      ['u_3', 1],
    ])
    expect(givenBack(some(1), some(1, ''))).toBeUndefined()
    expect(givenBack([], was)).toBeUndefined()
  })
})
