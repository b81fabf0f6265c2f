// What a record page shows, as data: which field under which Chinese label, in which order. Empty ones are left out.

import type { Achievement, AnyRecord, Need } from '@/api/model'
import type { Codes } from '@/lib/codes'
import { date, instant, money, trl } from '@/lib/format'
import { isNeed } from '@/lib/record'

export interface Fact {
  label: string
  /** Several values are shown as a list. */
  values: string[]
}

export interface Passage {
  title: string
  text: string
}

type Labels = Pick<Codes, 'label' | 'path'>

export function passages(r: AnyRecord): Passage[] {
  return filled([
    ['公开摘要', r.summary],
    ...(isNeed(r) ? needPassages(r) : achievementPassages(r as Achievement)),
    ['保密内容（只对单位、技术经理人、主管部门和已对接方可见）', r.confidential],
  ])
}

function needPassages(n: Need): [string, string | undefined][] {
  return [
    ['拟解决的主要技术难题', n.problem],
    ['需求背景与应用场景', n.background],
    ['约束条件', n.constraints],
    ['已有基础', n.foundation],
  ]
}

function achievementPassages(a: Achievement): [string, string | undefined][] {
  return [
    ['成果简介', a.abstract],
    ['创新点', a.innovations],
    ['应用领域与场景', a.applications],
    ['应用情况', a.usage],
    ['商业分析与经济效益', a.benefit],
    ['课题来源与资助情况', a.funding],
    ['获奖情况', a.awards],
  ]
}

function filled(all: [string, string | undefined][]): Passage[] {
  return all.flatMap(([title, text]) => (text?.trim() ? [{ title, text: text.trim() }] : []))
}

export function facts(r: AnyRecord, codes: Labels): Fact[] {
  const many = (list: string, items: readonly string[] | undefined) =>
    (items ?? []).map((c) => codes.label(list, c))
  const own = isNeed(r) ? needFacts(r, codes, many) : achievementFacts(r as Achievement, codes, many)
  const all: Fact[] = [
    { label: isNeed(r) ? '需求单位' : '完成单位', values: [r.owner.name ?? ''] },
    { label: '信用代码', values: [r.owner.credit_code ?? ''] },
    { label: '所在地', values: [codes.path('region', r.region)] },
    ...own,
    {
      label: '技术领域',
      values: narrowest(r.fields ?? []).map((c) => codes.path('field', c).replaceAll(' ', ' › ')),
    },
    { label: '国民经济行业', values: many('industry', r.industries) },
    { label: '战略性新兴产业', values: many('emerging', r.emerging) },
    { label: '合作方式', values: many('cooperation', r.cooperation) },
    { label: '有效期至', values: [date(r.valid_until)] },
    { label: '状态', values: [codes.label('status', r.status)] },
    { label: '公开方式', values: [codes.label('disclosure', r.disclosure)] },
    { label: '来源编号', values: [r.external_id ?? ''] },
    { label: '发布日期', values: [instant(r.created_at)] },
    { label: '更新日期', values: [instant(r.updated_at)] },
  ]
  return all.map((f) => ({ ...f, values: f.values.filter(Boolean) })).filter((f) => f.values.length > 0)
}

/** A field beside its own part says nothing more: the path of the part names it. */
function narrowest(codes: readonly string[]): string[] {
  return codes.filter((c) => !codes.some((d) => d !== c && d.startsWith(c)))
}

type Many = (list: string, items: readonly string[] | undefined) => string[]

function needFacts(n: Need, codes: Labels, many: Many): Fact[] {
  return [
    { label: '需求类别', values: [codes.label('need_category', n.category)] },
    { label: '拟投入资金', values: [money(n.price) || '未填写'] },
    { label: '揭榜挂帅', values: [n.challenge ? '是' : ''] },
    { label: '榜单金额', values: [money(n.bounty)] },
    { label: '期望完成时间', values: [date(n.deadline)] },
    { label: '期望成果形式', values: many('outcome', n.outcomes) },
    { label: '要求技术就绪度', values: [level(n.min_trl, codes) && `${level(n.min_trl, codes)}及以上`] },
    { label: '意向合作单位', values: n.intended_partners ?? [] },
    { label: '意向合作专家', values: n.intended_experts ?? [] },
    { label: '接受专家调研', values: [n.expert_visits ? '是' : ''] },
    { label: '参与方案筛选', values: [n.joins_selection ? '是' : ''] },
    { label: '其他需求', values: many('service', n.services) },
  ]
}

function achievementFacts(a: Achievement, codes: Labels, many: Many): Fact[] {
  return [
    { label: '合作价格', values: [money(a.price) || '未填写'] },
    { label: '技术就绪度', values: [level(a.trl, codes)] },
    { label: '技术成熟度', values: [codes.label('maturity', a.maturity)] },
    { label: '完成时间', values: [date(a.completed_on)] },
    { label: '成果登记号', values: [a.registry_number ?? ''] },
    { label: '成果属性', values: [codes.label('attribute', a.attribute)] },
    { label: '体现形式', values: [codes.label('form', a.form)] },
    { label: '成果水平', values: [codes.label('level', a.level)] },
    { label: '评价方式', values: [codes.label('evaluation', a.evaluation)] },
    { label: '获得方式', values: [codes.label('acquisition', a.acquisition)] },
    { label: '学科分类', values: many('subject', a.subjects) },
  ]
}

function level(n: number | undefined, codes: Labels): string {
  return n ? trl(n, codes.label('trl', String(n))) : ''
}

/** Contact lines; empty when the viewer may not see them. */
export function contactLines(r: AnyRecord): Fact[] {
  const c = r.contact
  const all: [string, string | undefined][] = [
    ['联系人', [c.name, c.position].filter(Boolean).join('，')],
    ['手机', c.mobile],
    ['电话', c.phone],
    ['邮箱', c.email],
  ]
  return all.flatMap(([label, v]) => (v ? [{ label, values: [v] }] : []))
}
