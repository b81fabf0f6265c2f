import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bookOf, books, readBook, type Book } from './books'
import { blocks, spans } from './markdown'

const folder = new URL('../../../../docs/handbook/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

it('reads the marks inside a line', () => {
  expect(spans('点**采纳**或按 `a`，见[企业](enterprise.md)。')).toEqual([
    { kind: 'text', text: '点' },
    { kind: 'bold', text: '采纳' },
    { kind: 'text', text: '或按 ' },
    { kind: 'key', text: 'a' },
    { kind: 'text', text: '，见' },
    { kind: 'link', text: '企业', to: 'enterprise.md' },
    { kind: 'text', text: '。' },
  ])
})

it('reads headings, lists and what goes on in the next line, and leaves pictures out', () => {
  const list = blocks(
    '# 手册\n\n## 一节\n\n前半句，\n后半句。\n\n1. 第一\n   接着\n2. 第二\n\n- 点\n\n![图](images/a.png)',
  )
  expect(list.map((b) => b.kind)).toEqual(['title', 'section', 'text', 'steps', 'points'])
  expect(list[2]).toEqual({ kind: 'text', spans: [{ kind: 'text', text: '前半句，后半句。' }] })
  expect(list[3]).toMatchObject({ items: [[{ text: '第一接着' }], [{ text: '第二' }]] })
})

describe('the handbooks', () => {
  it.each(Object.keys(books) as Book[])('%s can be shown on the page', async (book) => {
    const list = blocks(await readBook(book))
    expect(list[0]).toMatchObject({ kind: 'title' })
    expect(list.filter((b) => b.kind === 'section').length).toBeGreaterThan(3)
    const said = JSON.stringify(list)
    for (const mark of ['**', '](', '![', '`', '| ']) expect(said).not.toContain(mark)
  })
  it('every role has one, and every book is somebody’s', () => {
    expect([...new Set(Object.values(bookOf))].sort()).toEqual(Object.keys(books).sort())
  })
  it('every picture that is shown is there, and every one that is there is shown', () => {
    const shown = Object.keys(books).flatMap((b) =>
      [...read(`${b}.md`).matchAll(/!\[.+?\]\((.+?)\)/g)].map((m) => m[1]!),
    )
    for (const path of shown) expect(existsSync(new URL(path, folder)), path).toBe(true)
    expect([...new Set(shown)].sort()).toEqual(
      readdirSync(new URL('images/', folder))
        .map((f) => `images/${f}`)
        .sort(),
    )
  })
})
