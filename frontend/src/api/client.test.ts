import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, guardRequests, parseFailure, request, url } from './client'

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'X-Request-Id': 'r1' } })

describe('url', () => {
  it('leaves out what is empty', () => {
    expect(
      url('/search', { q: '氢 能', kind: 'need', cursor: '', facets: false, limit: 20, sort: undefined }),
    ).toBe('/api/v1/search?q=%E6%B0%A2+%E8%83%BD&kind=need&limit=20')
    expect(url('/stats')).toBe('/api/v1/stats')
  })
})

describe('failures', () => {
  it('reads the server’s own words', () => {
    const e = parseFailure(
      400,
      '{"code":"invalid","message":"有误","fields":[{"field":"q","message":"太长"}]}',
      'r9',
    )
    expect(e).toMatchObject({ code: 'invalid', message: '有误', status: 400, requestId: 'r9' })
    expect(e.fields).toEqual([{ field: 'q', message: '太长' }])
  })
  it.each([
    [502, '<html>Bad Gateway</html>', 'unavailable'],
    [413, '', 'too_large'],
    [418, 'teapot', 'internal'],
    [500, '{"error":"x"}', 'internal'],
    [404, 'null', 'not_found'],
  ])('falls back on status %i', (status, text, code) => expect(parseFailure(status, text).code).toBe(code))
})

describe('request', () => {
  const fetched = vi.fn<typeof fetch>()
  beforeEach(() => {
    vi.useFakeTimers()
    fetched.mockReset()
    vi.stubGlobal('fetch', fetched)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const settle = async <T>(p: Promise<T>): Promise<T | ApiError> => {
    const caught = p.catch((e: unknown) => e as ApiError)
    await vi.runAllTimersAsync()
    return caught
  }

  it('tries a read three times when the network is gone', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'))
    expect(await settle(request('/stats'))).toMatchObject({ code: 'offline' })
    expect(fetched).toHaveBeenCalledTimes(3)
  })
  it('recovers in between', async () => {
    fetched.mockRejectedValueOnce(new TypeError('x')).mockResolvedValueOnce(json({ needs: 3 }))
    expect(await settle(request('/stats'))).toEqual({ needs: 3 })
  })
  it('does not repeat a write', async () => {
    fetched.mockRejectedValue(new TypeError('x'))
    await settle(request('/imports', { method: 'POST', body: {} }))
    expect(fetched).toHaveBeenCalledTimes(1)
  })
  it('does not repeat what the server refused', async () => {
    fetched.mockImplementation(() => Promise.resolve(json({ code: 'not_found', message: '没有' }, 404)))
    expect(await settle(request('/needs/n_1'))).toMatchObject({ code: 'not_found', requestId: 'r1' })
    expect(fetched).toHaveBeenCalledTimes(1)
  })
  it('says when the answer is no JSON', async () => {
    fetched.mockResolvedValue(new Response('<html>'))
    expect(await settle(request('/stats'))).toMatchObject({ code: 'garbled' })
  })
  it('gives up on a server that does not answer', async () => {
    fetched.mockImplementation(
      (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
        }),
    )
    expect(await settle(request('/stats'))).toMatchObject({ code: 'slow' })
    expect(fetched).toHaveBeenCalledTimes(1)
  })
  it('stops at once when the page has moved on', async () => {
    const page = new AbortController()
    fetched.mockRejectedValue(new TypeError('x'))
    const p = request('/stats', { signal: page.signal }).catch(() => 'stopped')
    page.abort()
    await vi.runAllTimersAsync()
    expect(await p).toBe('stopped')
    expect(fetched).toHaveBeenCalledTimes(1)
  })

  describe('of somebody whose session ended', () => {
    const renew = vi.fn(() => Promise.resolve(true))
    const signedIn = (ended: boolean) =>
      guardRequests({ csrf: () => 'c', ended: () => Promise.resolve(ended), renew })
    beforeEach(() => renew.mockClear())
    afterEach(() => guardRequests({ csrf: () => '', ended: () => Promise.resolve(false), renew }))

    it.each([
      ['unauthorized', 401],
      ['not_found', 404],
    ])('goes on after signing in again: %s', async (code, status) => {
      signedIn(true)
      fetched
        .mockResolvedValueOnce(json({ code, message: '' }, status))
        .mockResolvedValueOnce(json({ id: 'n_1' }))
      expect(await settle(request('/needs/n_1'))).toEqual({ id: 'n_1' })
      expect(renew).toHaveBeenCalledOnce()
    })
    it('what is not there is not asked for again while the session stands', async () => {
      signedIn(false)
      fetched.mockResolvedValueOnce(json({ code: 'not_found', message: '' }, 404))
      expect(await settle(request('/needs/n_1'))).toMatchObject({ code: 'not_found' })
      expect(renew).not.toHaveBeenCalled()
    })
  })
})
