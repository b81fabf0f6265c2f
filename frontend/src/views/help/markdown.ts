// Reads the handbooks of docs/handbook, which are written in a small part of Markdown: headings, paragraphs, lists, pictures,
// and in a line bold words, keys and links. Pictures are for the printed handbook; on the page the real thing is a click away.

export type Span =
  { kind: 'text' | 'bold' | 'key'; text: string } | { kind: 'link'; text: string; to: string }
export type Block =
  | { kind: 'title' | 'section' | 'question'; text: string; id: string }
  | { kind: 'text'; spans: Span[] }
  | { kind: 'steps' | 'points'; items: Span[][] }

const inline = /\*\*(.+?)\*\*|`(.+?)`|\[(.+?)\]\((.+?)\)/g
const heading = ['title', 'section', 'question'] as const

export function spans(line: string): Span[] {
  const out: Span[] = []
  let at = 0
  for (const m of line.matchAll(inline)) {
    if (m.index > at) out.push({ kind: 'text', text: line.slice(at, m.index) })
    const [all, bold, key, text, to] = m
    if (bold) out.push({ kind: 'bold', text: bold })
    else if (key) out.push({ kind: 'key', text: key })
    else out.push({ kind: 'link', text: text!, to: to! })
    at = m.index + all.length
  }
  if (at < line.length) out.push({ kind: 'text', text: line.slice(at) })
  return out
}

export function blocks(source: string): Block[] {
  const out: Block[] = []
  let headings = 0
  for (const part of source.trim().split(/\n{2,}/)) {
    const lines = part.split('\n')
    const first = lines[0]!
    const marks = /^(#{1,3}) (.+)$/.exec(first)
    if (marks) out.push({ kind: heading[marks[1]!.length - 1]!, text: marks[2]!, id: `s${++headings}` })
    else if (/^\d+\. /.test(first)) out.push({ kind: 'steps', items: items(lines, /^\d+\. /) })
    else if (first.startsWith('- ')) out.push({ kind: 'points', items: items(lines, /^- /) })
    else if (!first.startsWith('![')) out.push({ kind: 'text', spans: spans(lines.join('')) })
  }
  return out
}

/** A line that begins no item goes on with the one before it. */
function items(lines: readonly string[], mark: RegExp): Span[][] {
  const texts: string[] = []
  for (const line of lines) {
    if (mark.test(line)) texts.push(line.replace(mark, ''))
    else texts.push((texts.pop() ?? '') + line.trim())
  }
  return texts.map(spans)
}
