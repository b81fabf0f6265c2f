import { expect, it, vi } from 'vitest'
import { computed, nextTick } from 'vue'
import { newCodes } from './codes'

const regions = {
  items: [
    { code: '320000', label: '江苏省' },
    { code: '320900', label: '盐城市', parent: '320000' },
    { code: '320981', label: '东台市', parent: '320900' },
    { code: '110000', label: '北京市' },
    { code: '110100', label: '市辖区', parent: '110000' },
    { code: '110105', label: '朝阳区', parent: '110100' },
  ],
}
const settle = async () => {
  await Promise.resolve()
  await nextTick()
  await nextTick()
}

it('asks once, and shows labels when they have come', async () => {
  const fetcher = vi.fn(() => Promise.resolve(regions))
  const codes = newCodes(fetcher)
  const shown = computed(() => codes.label('region', '320981'))
  expect(shown.value).toBe('…')
  expect(codes.label('region', '320000')).toBe('…')
  await settle()
  expect(shown.value).toBe('东台市')
  expect(fetcher).toHaveBeenCalledTimes(1)
})

it('names the way down, without the filler of municipalities', async () => {
  const codes = newCodes(() => Promise.resolve(regions))
  codes.items('region')
  await settle()
  expect(codes.path('region', '320981')).toBe('江苏省 盐城市 东台市')
  expect(codes.path('region', '110105')).toBe('北京市 朝阳区')
  expect(codes.path('region', '')).toBe('')
})

it('offers a list as the options of a field', async () => {
  const codes = newCodes(() => Promise.resolve({ items: regions.items.slice(1, 3) }))
  expect(codes.options('region')).toEqual([])
  await settle()
  expect(codes.options('region')).toEqual([
    { value: '320900', label: '盐城市' },
    { value: '320981', label: '东台市' },
  ])
})

it('falls back to the code when the list cannot be had or lacks it', async () => {
  const failing = newCodes(() => Promise.reject(new Error('x')))
  failing.label('trl', '4')
  await settle()
  expect(failing.label('trl', '4')).toBe('未收录（4）')
  const codes = newCodes(() => Promise.resolve(regions))
  codes.label('region', '1')
  await settle()
  expect(codes.label('region', '999999')).toBe('未收录（999999）')
})
