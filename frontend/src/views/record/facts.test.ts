import { expect, it } from 'vitest'
import type { Achievement, Need } from '@/api/model'
import { contactLines, facts, passages } from './facts'

const codes = {
  label: (list: string, code: string | undefined) => (code ? `${list}:${code}` : ''),
  path: (list: string, code: string | undefined) => (code ? `${list}/${code}` : ''),
}
const head = {
  version: 1,
  status: 'published' as const,
  title: '标题文字',
  keywords: ['关键词甲'],
  owner: { id: 'o_1', name: '单位名称', credit_code: '91350100M000100Y43', kind: 'enterprise' as const },
  region: '320981',
  industries: ['C26'],
  fields: ['40', '401'],
  emerging: ['3.1'],
  cooperation: ['joint'],
  price: { kind: 'amount' as const, min: 50_000_000, max: 50_000_000 },
  valid_until: '2027-01-31',
  contact: { name: '王工', position: '总监', mobile: '138', phone: '0515', email: 'a@b.cn' },
  disclosure: 'public' as const,
  external_id: 'E-7',
  created_at: '2026-10-01T00:00:00Z',
  updated_at: '2026-11-02T00:00:00Z',
}
const need: Need = {
  ...head,
  id: 'n_1',
  category: 'tech',
  background: '背景文字',
  problem: '难题文字',
  metrics: [],
  constraints: '约束文字',
  foundation: '基础文字',
  outcomes: ['process'],
  min_trl: 5,
  intended_partners: ['意向单位甲'],
  intended_experts: ['专家乙'],
  deadline: '2027-10-31',
  challenge: true,
  bounty: { kind: 'amount', min: 200_000_000, max: 200_000_000 },
  expert_visits: true,
  joins_selection: true,
  services: ['ip'],
}
const achievement: Achievement = {
  ...head,
  id: 'a_1',
  abstract: '简介文字',
  innovations: '创新文字',
  applications: '应用文字',
  metrics: [],
  benefit: '效益文字',
  usage: '用况文字',
  maturity: 'pilot',
  trl: 6,
  registry_number: '3202026Y0001',
  completed_on: '2026-03-15',
  attribute: 'original',
  form: 'process',
  level: 'intl',
  evaluation: 'review',
  acquisition: 'self',
  funding: '资助文字',
  awards: '奖项文字',
  subjects: ['430'],
  ips: [],
  team: [],
}
const text = (r: Need | Achievement) => JSON.stringify([facts(r, codes), passages(r), contactLines(r)])

it('shows every field of a need', () => {
  const shown = text(need)
  const wanted = [
    '单位名称',
    '91350100M000100Y43',
    'region/320981',
    'industry:C26',
    'field/401',
    'emerging:3.1',
  ]
  wanted.push(
    'cooperation:joint',
    '50 万元',
    '2027年1月31日',
    '王工，总监',
    '138',
    '0515',
    'a@b.cn',
    'disclosure:public',
  )
  wanted.push(
    'E-7',
    '2026年10月1日',
    '2026年11月2日',
    'need_category:tech',
    '背景文字',
    '难题文字',
    '约束文字',
    '基础文字',
  )
  wanted.push(
    'outcome:process',
    'TRL 5 trl:5及以上',
    '意向单位甲',
    '专家乙',
    '2027年10月31日',
    '揭榜挂帅',
    '200 万元',
  )
  wanted.push('接受专家调研', '参与方案筛选', 'service:ip', 'status:published')
  expect(wanted.filter((w) => !shown.includes(w))).toEqual([])
})

it('shows every field of an achievement', () => {
  const shown = text(achievement)
  const wanted = [
    '简介文字',
    '创新文字',
    '应用文字',
    '效益文字',
    '用况文字',
    'maturity:pilot',
    'TRL 6',
    '3202026Y0001',
  ]
  wanted.push('2026年3月15日', 'attribute:original', 'form:process', 'level:intl', 'evaluation:review')
  wanted.push('acquisition:self', '资助文字', '奖项文字', 'subject:430', '完成单位')
  expect(wanted.filter((w) => !shown.includes(w))).toEqual([])
})

it('leaves out what was not stated, but says so of the amount', () => {
  const bare = {
    ...need,
    price: { kind: '' as const },
    bounty: { kind: '' as const },
    challenge: false,
    contact: {},
  }
  const labels = facts(bare, codes).map((f) => f.label)
  expect(labels).not.toContain('揭榜挂帅')
  expect(labels).not.toContain('榜单金额')
  expect(facts(bare, codes).find((f) => f.label === '拟投入资金')?.values).toEqual(['未填写'])
  expect(contactLines(bare)).toEqual([])
  expect(passages({ ...bare, problem: '  ' }).map((p) => p.title)).not.toContain('拟解决的主要技术难题')
})
