import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { errorText, localErrors, serverErrors } from './errors.zh'

const source = readFileSync(fileURLToPath(new URL('../../errors.go', import.meta.url)), 'utf8')
const codes = [...source.matchAll(/^\tCode\w+\s+Code = "(\w+)"/gm)].map((m) => m[1])

it('has a sentence for every code of the server, and no other', () => {
  expect(codes.length).toBeGreaterThan(5)
  expect(Object.keys(serverErrors).sort()).toEqual([...codes].sort())
})

it('says what to do, in Chinese', () => {
  for (const [code, text] of Object.entries({ ...serverErrors, ...localErrors })) {
    expect(text.title, code).toMatch(/[\u4e00-\u9fff]/)
    expect(text.hint, code).toMatch(/。$/)
  }
})

it('treats an unknown code as an internal error', () => expect(errorText('x')).toBe(serverErrors.internal))
