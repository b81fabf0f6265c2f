// What may be attached to a record, as the server has it (attachment.go), so that a file is refused before it is sent.

import type { Attachment } from '../api'

export const maxFile = 20 * 1024 * 1024
const maxFiles = 20
const maxTotal = 100 * 1024 * 1024
export const accepted = '.pdf,.docx,.xlsx,.png,.jpg,.jpeg'

/** Why the file cannot be attached, "" when it can. */
export function refusal(file: { name: string; size: number }, there: readonly { size: number }[]): string {
  if (!/\.(pdf|docx|xlsx|png|jpe?g)$/i.test(file.name))
    return `「${file.name}」的类型不能上传，可以上传 PDF、Word（docx）、Excel（xlsx）和图片（png、jpg）`
  if (file.size > maxFile) return `「${file.name}」超过 20 MB，请压缩或拆分后再上传`
  if (file.size === 0) return `「${file.name}」是空文件`
  if (there.length >= maxFiles) return '一条记录最多 20 个附件'
  if (there.reduce((n, f) => n + f.size, file.size) > maxTotal) return '一条记录的附件合计不能超过 100 MB'
  return ''
}

const kinds: Record<Attachment['type'], string> = {
  pdf: 'PDF',
  docx: 'Word',
  xlsx: 'Excel',
  png: '图片',
  jpeg: '图片',
}
export const typeOf = (a: Attachment): string => kinds[a.type]

/** Whether its text can be searched. */
export function textOf(a: Attachment): string {
  switch (a.text_state) {
    case 'waiting':
      return '正在提取文字'
    case 'done':
      return a.text_runes ? `已提取 ${a.text_runes.toLocaleString('zh-CN')} 字，可被检索` : '没有文字'
    case 'failed':
      return '无法提取文字，仍可下载'
    default:
      return ''
  }
}

export function openness(a: Attachment): string {
  if (!a.public) return '不公开：本单位、主管部门、技术经理人和对接方可见'
  return a.approved ? '公开' : '公开（审核通过后可见）'
}
