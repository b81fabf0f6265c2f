// How a field of the form is asked for, and what both sides ask alike. Labels and limits are those of the forms in use
// (企业技术需求征集表, 科技成果信息表) and of the server.

import type { TermName } from '@/help/glossary'
import type { FieldName } from './model'

export interface FieldSpec {
  name: FieldName
  label: string
  kind:
    | 'line'
    | 'text'
    | 'choice'
    | 'checks'
    | 'select'
    | 'codes'
    | 'region'
    | 'words'
    | 'metrics'
    | 'money'
    | 'date'
    | 'flag'
    | 'trl'
    | 'ips'
    | 'team'
    | 'contact'
    | 'disclosure'
  /** The code list it is chosen from. */
  list?: string
  required?: boolean
  /** Most characters of a text, most entries of a list. */
  limit?: number
  most?: number
  rows?: number
  help?: string
  example?: string
  term?: TermName
  /** Aspects of the clinic that the field answers. */
  aspects?: readonly string[]
  /** Folded away under 更多. */
  more?: boolean
}

export interface StepSpec {
  key: string
  label: string
  /** One sentence on what the step is for. */
  lead: string
  fields: readonly FieldSpec[]
}

export const maxText = 10_000

export const place: readonly FieldSpec[] = [
  {
    name: 'keywords',
    label: '关键词',
    kind: 'words',
    most: 20,
    help: '3～5 个，写产品、材料、工艺的名称，每写一个按回车',
    example: '碳化硅外延；缺陷控制',
  },
  { name: 'fields', label: '技术领域', kind: 'codes', list: 'field', most: 20, term: 'field' },
  { name: 'industries', label: '所属行业', kind: 'codes', list: 'industry', most: 20 },
  {
    name: 'region',
    label: '所在地区',
    kind: 'region',
    list: 'region',
    help: '不填则用本单位所在的地区',
  },
]
export const emerging: FieldSpec = {
  name: 'emerging',
  label: '战略性新兴产业',
  kind: 'codes',
  list: 'emerging',
  most: 20,
  more: true,
}
export const external: FieldSpec = {
  name: 'external_id',
  label: '来源编号',
  kind: 'line',
  limit: 200,
  more: true,
  help: '在其他系统里的编号，没有可不填',
}
export const cooperation: FieldSpec = {
  name: 'cooperation',
  term: 'cooperation',
  label: '合作方式',
  kind: 'checks',
  list: 'cooperation',
  aspects: ['cooperation'],
  help: '可以多选',
}
export const validUntil: FieldSpec = {
  name: 'valid_until',
  label: '有效期至',
  kind: 'date',
  help: '到期后不再推荐，可以续期；不填则从发布起一年',
}
export const opening: readonly FieldSpec[] = [
  { name: 'disclosure', label: '谁能看到', kind: 'disclosure', list: 'disclosure', term: 'disclosure' },
  {
    name: 'summary',
    label: '公开摘要',
    kind: 'text',
    limit: 2000,
    rows: 4,
    help: '任何人都能看到的一段话，不要写单位名称和保密内容',
  },
  {
    name: 'confidential',
    label: '保密细节',
    kind: 'text',
    limit: maxText,
    rows: 4,
    help: '只有主管部门、技术经理人和双方都有意向的对接方能看到',
  },
  {
    name: 'contact',
    label: '联系人',
    kind: 'contact',
    help: '双方都表示有意向之后，对方才看得到；在此之前只显示部分',
  },
]
export const check: StepSpec = {
  key: 'check',
  label: '检查并提交',
  lead: '看看还缺什么，再提交审核。审核通过后才会公开和推荐。',
  fields: [],
}
