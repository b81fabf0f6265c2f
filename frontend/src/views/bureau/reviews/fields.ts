// A record as the list of its form's fields, in the form's order: what a reviewer reads, comments on and compares. Names
// are those of the JSON, so that a comment finds its field.

import type { Achievement, AnyRecord, Need } from '@/api/model'
import type { Codes } from '@/lib/codes'
import { date, metricValue, money, trl } from '@/lib/format'

export interface FormField {
  name: string
  label: string
  /** The value as people read it; "" when it was not filled in. Several values stand on lines of their own. */
  text: string
  /** A passage, which takes the whole width. */
  long?: boolean
}

type Labels = Pick<Codes, 'label' | 'path'>
type Row = [name: string, label: string, text: string | undefined, long?: boolean]

const lines = (items: readonly (string | undefined)[] | undefined): string =>
  (items ?? []).filter(Boolean).join('\n')
const yes = (b: boolean | undefined): string => (b ? '是' : '')
const words = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join('，')

export function formFields(r: AnyRecord, kind: 'need' | 'achievement', codes: Labels): FormField[] {
  const rows =
    kind === 'need'
      ? [...headOf(r, '需求名称', codes), ...needRows(r as Need, codes), ...tail(r, '拟投入资金', codes)]
      : [
          ...headOf(r, '成果名称', codes),
          ...resultRows(r as Achievement, codes),
          ...tail(r, '合作价格', codes),
        ]
  return rows.map(([name, label, text, long]) => ({ name, label, text: text?.trim() ?? '', long }))
}

function headOf(r: AnyRecord, title: string, codes: Labels): Row[] {
  return [
    ['title', title, r.title],
    ['owner', '所属单位', lines([r.owner.name, r.owner.credit_code])],
    ['region', '地区', codes.path('region', r.region)],
    ['keywords', '关键词', (r.keywords ?? []).join('、')],
  ]
}

function tail(r: AnyRecord, price: string, codes: Labels): Row[] {
  const many = (list: string, items: readonly string[] | undefined) =>
    lines((items ?? []).map((c) => codes.label(list, c)))
  const c = r.contact
  return [
    ['price', price, money(r.price)],
    ['cooperation', '合作方式', many('cooperation', r.cooperation)],
    ['fields', '技术领域', lines((r.fields ?? []).map((f) => codes.path('field', f).replaceAll(' ', ' › ')))],
    ['industries', '行业', many('industry', r.industries)],
    ['emerging', '战略性新兴产业', many('emerging', r.emerging)],
    ['valid_until', '有效期', date(r.valid_until)],
    ['contact', '联系方式', lines([words(c.name, c.position), c.mobile, c.phone, c.email])],
    ['disclosure', '公开方式', codes.label('disclosure', r.disclosure || 'public')],
    ['summary', '公开摘要', r.summary, true],
    ['confidential', '保密细节', r.confidential, true],
    ['external_id', '来源编号', r.external_id],
  ]
}

function metrics(r: AnyRecord): string {
  return lines(
    (r.metrics ?? []).map((m) => `${m.name} ${metricValue(m)}${m.current ? `（现状 ${m.current}）` : ''}`),
  )
}

function needRows(n: Need, codes: Labels): Row[] {
  return [
    ['category', '需求类别', codes.label('need_category', n.category)],
    ['background', '需求背景', n.background, true],
    ['problem', '技术难题', n.problem, true],
    ['metrics', '技术指标', metrics(n), true],
    ['constraints', '约束条件', n.constraints, true],
    ['foundation', '已有基础', n.foundation, true],
    ['outcomes', '期望成果形式', lines((n.outcomes ?? []).map((c) => codes.label('outcome', c)))],
    ['min_trl', '最低技术就绪度', ripeness(n.min_trl, codes)],
    ['intended_partners', '意向单位', lines(n.intended_partners)],
    ['intended_experts', '意向专家', lines(n.intended_experts)],
    ['deadline', '期望完成时间', date(n.deadline)],
    ['challenge', '揭榜挂帅', yes(n.challenge)],
    ['bounty', '榜单金额', money(n.bounty)],
    ['expert_visits', '接受专家调研', yes(n.expert_visits)],
    ['joins_selection', '参与方案筛选', yes(n.joins_selection)],
    ['services', '其他需求', lines((n.services ?? []).map((c) => codes.label('service', c)))],
  ]
}

function resultRows(a: Achievement, codes: Labels): Row[] {
  return [
    ['abstract', '成果简介', a.abstract, true],
    ['innovations', '创新点', a.innovations, true],
    ['applications', '应用领域', a.applications, true],
    ['metrics', '技术指标', metrics(a), true],
    ['benefit', '商业分析', a.benefit, true],
    ['usage', '应用情况', a.usage, true],
    ['maturity', '技术成熟度', codes.label('maturity', a.maturity)],
    ['trl', '技术就绪度', ripeness(a.trl, codes)],
    ['registry_number', '登记号', a.registry_number],
    ['completed_on', '完成时间', date(a.completed_on)],
    ['attribute', '成果属性', codes.label('attribute', a.attribute)],
    ['form', '体现形式', codes.label('form', a.form)],
    ['level', '成果水平', codes.label('level', a.level)],
    ['evaluation', '评价方式', codes.label('evaluation', a.evaluation)],
    ['acquisition', '获得方式', codes.label('acquisition', a.acquisition)],
    ['funding', '资助情况', a.funding, true],
    ['awards', '获奖情况', a.awards, true],
    ['subjects', '学科', lines((a.subjects ?? []).map((c) => codes.label('subject', c)))],
    [
      'ips',
      '知识产权',
      lines(
        (a.ips ?? []).map((p) =>
          words(codes.label('ip', p.kind), p.number, p.title, codes.label('ip_state', p.state)),
        ),
      ),
      true,
    ],
    ['team', '完成人', lines((a.team ?? []).map((m) => words(m.name, m.title, m.role, m.unit))), true],
  ]
}

const ripeness = (n: number | undefined, codes: Labels): string =>
  n ? trl(n, codes.label('trl', String(n))) : ''

/** The fields of two records side by side; whether they differ. */
export interface FieldPair {
  name: string
  label: string
  left: string
  right: string
  differs: boolean
  long?: boolean
}

/** Fields that both left empty say nothing and are left out. */
export function sideBySide(left: readonly FormField[], right: readonly FormField[]): FieldPair[] {
  const other = new Map(right.map((f) => [f.name, f.text]))
  return left.flatMap((f) => {
    const text = other.get(f.name) ?? ''
    if (!f.text && !text) return []
    return [
      { name: f.name, label: f.label, left: f.text, right: text, differs: f.text !== text, long: f.long },
    ]
  })
}
