// A stand-in for the service while there is none: node dev/mock.mjs, then JIQIAO_SERVER=http://127.0.0.1:8099 vite.
import { readFileSync } from 'node:fs'
import http from 'node:http'

const codes = (name) => {
  const lines = readFileSync(new URL(`../../codes/${name}.tsv`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  return {
    name,
    label: lines[0].slice(2),
    source: lines[1].slice(2),
    items: lines.slice(2).map((l) => {
      const [code, label, parent, note] = l.split('\t')
      return { code, label, parent: parent || undefined, note: note || undefined }
    }),
  }
}
const wan = 1e6
const head = (i, kind, title, o) => ({
  id: `${kind[0]}_${String(i).padStart(20, '0')}`,
  version: 1,
  status: 'published',
  title,
  keywords: [],
  owner: { id: 'o_1', name: '盐城晶源半导体材料有限公司', kind: 'enterprise' },
  region: '320981',
  industries: ['C39'],
  fields: ['401', '40106'],
  emerging: ['3.6'],
  cooperation: ['joint', 'commission'],
  price: { kind: 'amount', min: 80 * wan, max: 300 * wan },
  valid_until: '2027-05-31',
  contact: {},
  bounty: { kind: '' },
  created_at: '2026-10-12T02:30:00Z',
  updated_at: '2026-11-20T08:00:00Z',
  ...o,
})
const needs = [
  head(1, 'need', '降低 6 英寸碳化硅外延层基面位错密度至 0.1 个/cm² 以下', {
    keywords: ['碳化硅', '外延', '基面位错', 'MOSFET'],
    category: 'research',
    background:
      '公司建有 6 英寸碳化硅外延中试线，产品用于 1200V/3300V 车规级 MOSFET。目前外延片基面位错密度在 1.2 个/cm² 左右，导致器件双极退化，影响客户导入。',
    problem:
      '在 6 英寸 4H-SiC 衬底上生长 10～30 μm 厚 n 型外延层时，衬底基面位错向外延层延伸，需要在不降低生长速率（≥ 50 μm/h）的前提下提高基面位错向刃位错的转化率；同时控制三角形缺陷与掺杂均匀性。',
    metrics: [
      { name: '基面位错密度', comparator: '≤', value: 0.1, unit: '个/cm²', current: '1.2 个/cm²' },
      { name: '生长速率', comparator: '≥', value: 50, unit: 'μm/h', current: '35 μm/h' },
      { name: '厚度不均匀性', comparator: '≤', value: 2, unit: '%', current: '3.5 %' },
      { name: '掺杂浓度', comparator: '～', value: 5e15, upper: 1e16, unit: 'cm⁻³' },
      { name: '表面', text: '三角形缺陷、胡萝卜缺陷按 SEMI M81 评级合格' },
    ],
    constraints: '在现有水平热壁 CVD 设备上实施，单片成本增加不超过 8%，不使用剧毒前驱体。',
    foundation: '已有 2 台外延炉、KLA 缺陷检测设备，研发人员 14 人，前期投入 600 万元。',
    outcomes: ['process', 'patent'],
    min_trl: 5,
    deadline: '2027-10-31',
    challenge: true,
    bounty: { kind: 'amount', min: 200 * wan, max: 200 * wan },
    expert_visits: true,
    joins_selection: true,
    services: [],
    contact: { name: '王*', position: '研发总监', mobile: '138****8000' },
  }),
  head(2, 'need', '固废基胶凝材料替代水泥用于矿山充填，28 天强度达到 3 MPa', {
    keywords: ['固废利用', '胶凝材料', '矿山充填'],
    region: '140400',
    fields: ['703', '70302'],
    industries: ['C42'],
    owner: { id: 'o_2', name: '长治潞北矿业集团有限公司' },
    price: { kind: 'negotiable' },
    problem: '以电石渣、粉煤灰与钢渣微粉制备充填胶凝材料，泌水率高且早期强度不足，需要激发体系与配比优化。',
    deadline: '2026-12-02',
    valid_until: '2026-12-02',
  }),
  head(3, 'need', 'PEM 电解槽低铱阳极催化剂开发', {
    keywords: ['氢能', '电解水', '铱'],
    region: '130500',
    fields: ['602'],
    industries: ['C38'],
    owner: { name: '（单位名称不公开）' },
    disclosure: 'anonymous',
    problem:
      '阳极铱载量由 2 mg/cm² 降至 0.4 mg/cm² 以下，1.8 V 时电流密度不低于 2 A/cm²，衰减速率 ≤ 5 μV/h。',
  }),
]
const achievements = Array.from({ length: 26 }, (_, i) =>
  head(
    i + 1,
    'achievement',
    [
      '高生长速率低缺陷碳化硅同质外延生长技术',
      '基于循环流化床的固废协同处置成套装备',
      '低铱有序化膜电极制备技术',
      '面向设施农业的番茄采摘机器人',
      '钙钛矿/晶硅叠层电池界面钝化工艺',
    ][i % 5] + (i > 4 ? `（${i + 1}）` : ''),
    {
      keywords: ['碳化硅', '同质外延', '基面位错转化', '化学气相沉积'],
      owner: {
        id: `o_${9 + (i % 3)}`,
        name: ['江南工业大学', '华东材料研究院', '西北能源学院'][i % 3],
        kind: 'university',
      },
      region: ['320200', '310000', '610100'][i % 3],
      price: [{ kind: 'negotiable' }, { kind: 'amount', min: 150 * wan, max: 150 * wan }, { kind: '' }][
        i % 3
      ],
      cooperation: ['transfer', 'licence', 'joint'],
      abstract:
        '本成果针对 4H-SiC 厚膜外延中基面位错穿透问题，提出氢气原位刻蚀与缓冲层掺杂梯度协同调控方法，在 6 英寸衬底上实现生长速率 62 μm/h，外延层基面位错密度 0.08 个/cm²，厚度不均匀性 1.6%。已在两条中试线完成 300 片验证。',
      innovations:
        '1. 原位刻蚀—缓冲层两步转化，基面位错转化率达到 99.8%；\n2. 氯基前驱体多区独立供气，兼顾速率与均匀性；\n3. 生长过程表面温度在线反演控制。',
      applications: '新能源汽车主驱、光伏逆变器、轨道交通牵引变流器用碳化硅功率器件的外延材料制造。',
      benefit: '按年产 3 万片计，单片外延成本下降约 12%，预计年新增产值 9,000 万元。',
      metrics: [
        { name: '基面位错密度', comparator: '≤', value: 0.08, unit: '个/cm²' },
        { name: '生长速率', comparator: '≥', value: 62, unit: 'μm/h' },
      ],
      maturity: 'pilot',
      trl: i % 4 === 3 ? 0 : 6,
      registry_number: '320202600188',
      completed_on: '2026-03-15',
      attribute: 'original',
      form: 'process',
      level: 'intl_advanced',
      evaluation: 'appraisal',
      acquisition: 'self',
      funding: '国家重点研发计划（2022YFB3600000）',
      awards: '江苏省科学技术奖二等奖（2025 年）',
      subjects: ['430'],
      ips: [
        {
          kind: 'invention',
          number: 'ZL202310123456.7',
          title: '一种降低碳化硅外延层基面位错的方法',
          state: 'granted',
        },
        { kind: 'utility', number: 'ZL202320654321.0', title: '多区供气水平热壁反应室', state: 'granted' },
        { kind: 'invention', number: '202510088888.8', title: '外延生长表面温度反演方法', state: 'pending' },
      ],
      team: [
        { name: '陈立新', title: '教授', role: '总体方案', unit: '材料科学与工程学院' },
        { name: '周敏', title: '副研究员', role: '外延工艺', unit: '材料科学与工程学院' },
      ],
    },
  ),
)
const all = { need: needs, achievement: achievements }
const spans = (t, words) => {
  const w = words.filter(Boolean)
  if (!w.length) return [{ text: t }]
  return t
    .split(new RegExp(`(${w.join('|')})`))
    .filter(Boolean)
    .map((x) => ({ text: x, ...(w.includes(x) ? { hit: true } : {}) }))
}
const W = ['碳化硅', '外延', '基面位错', '固废', '铱', '生长速率', '6 英寸']
const label = (l, c) => codes(l).items.find((i) => i.code === c)?.label ?? ''
const facet = (rs, name, lab, list, get) => {
  const m = new Map()
  for (const r of rs) for (const c of get(r)) m.set(c, (m.get(c) ?? 0) + 1)
  return {
    name,
    label: lab,
    values: [...m]
      .map(([code, count]) => ({ code, label: list ? label(list, code) : code, count }))
      .sort((a, b) => b.count - a.count),
  }
}
const budget = (p) =>
  p.kind === 'negotiable'
    ? 'negotiable'
    : !p.kind
      ? 'unstated'
      : p.max < 50 * wan
        ? 'lt50'
        : p.max <= 200 * wan
          ? '50to200'
          : '200to500'
const facets = (rs) => [
  facet(rs, 'industries', '国民经济行业', 'industry', (r) => [r.industries[0][0], r.industries[0]]),
  facet(rs, 'fields', '技术领域', 'field', (r) => [r.fields[0].slice(0, 2), ...r.fields]),
  facet(rs, 'regions', '地区', 'region', (r) => [r.region.slice(0, 2) + '0000', r.region]),
  facet(rs, 'cooperation', '合作方式', 'cooperation', (r) => r.cooperation),
  facet(rs, 'budgets', '金额', 'budget', (r) => [budget(r.price)]),
  facet(rs, 'years', '年份', '', () => ['2026']),
  {
    ...facet(rs, 'organisations', '单位', '', (r) => (r.owner.id ? [r.owner.id] : [])),
    values: [...new Map(rs.filter((r) => r.owner.id).map((r) => [r.owner.id, r.owner.name]))].map(
      ([code, l]) => ({ code, label: l, count: rs.filter((r) => r.owner.id === code).length }),
    ),
  },
  facet(rs, 'trl', '技术就绪度', 'trl', (r) => (r.trl ? [String(r.trl)] : [])),
]
const match = (n, a, i) => ({
  need_id: n.id,
  achievement_id: a.id,
  score: 0.86 - i * 0.09,
  level: i < 1 ? 4 : i < 3 ? 3 : i < 6 ? 2 : 1,
  level_label: i < 1 ? '强' : i < 3 ? '较强' : i < 6 ? '弱' : '无相关',
  model: 'lexical-1',
  parts: [
    { name: 'title', label: '名称相近', value: 0.7, weight: 0.3, points: 0.24 },
    { name: 'problem', label: '难题与创新点', value: 0.82, weight: 0.4, points: 0.35 },
    { name: 'field', label: '技术领域', value: 1, weight: 0.1, points: 0.1 },
    { name: 'metrics', label: '指标满足', value: 0.75, weight: 0.12, points: 0.09 },
    { name: 'region', label: '地域', value: 0.5, weight: 0.05, points: 0.03 },
    { name: 'readiness', label: '成熟度', value: 1, weight: 0.05, points: 0.05 },
  ],
  terms: [
    ['基面位错', 0.31],
    ['碳化硅', 0.24],
    ['外延', 0.16],
    ['生长速率', 0.12],
    ['6英寸', 0.08],
    ['厚度不均匀性', 0.05],
  ].map(([term, weight]) => ({ term, weight })),
  evidence: [
    {
      score: 0.8,
      need: {
        field: 'problem',
        label: '技术难题',
        spans: spans('需要在不降低生长速率（≥ 50 μm/h）的前提下提高基面位错向刃位错的转化率', W),
      },
      achievement: {
        field: 'abstract',
        label: '成果简介',
        spans: spans(
          '在 6 英寸衬底上实现生长速率 62 μm/h，外延层基面位错密度 0.08 个/cm²，厚度不均匀性 1.6%',
          W,
        ),
      },
    },
    {
      score: 0.5,
      need: {
        field: 'body',
        label: '约束条件',
        spans: spans('在现有水平热壁 CVD 设备上实施，单片成本增加不超过 8%', ['成本']),
      },
      achievement: { field: 'body', label: '商业分析', spans: spans('单片外延成本下降约 12%', ['成本']) },
    },
  ],
  against:
    i % 2
      ? ['成果未说明掺杂浓度范围，需求要求 5×10¹⁵～1×10¹⁶ cm⁻³', '合作价格面议，需求预算上限 300 万元']
      : [],
  record: undefined,
})
const imp = (state, kind) => ({
  id: 'i_1',
  kind,
  file_name: '技术需求导入表.xlsx',
  state,
  total: 128,
  created: 112,
  updated: 9,
  unchanged: 3,
  failed: 4,
  created_at: '2026-11-22T04:00:00Z',
  errors: [
    { row: 12, column: '拟投入资金（万元）', message: '应为数字（万元）或“面议”', value: '大概八十' },
    { row: 31, column: '技术领域', message: '没有这个技术领域，请从下拉列表选择', value: '半导体' },
    { row: 57, column: '需求名称', message: '不能为空' },
    { row: 90, message: '与第 12 行是同一条需求' },
  ],
})

http
  .createServer((q, s) => {
    const u = new URL(q.url, 'http://x')
    const p = u.pathname.replace('/api/v1', '')
    const g = (k) => u.searchParams.get(k) ?? ''
    const send = (b, st = 200) =>
      setTimeout(
        () => {
          s.writeHead(st, { 'Content-Type': 'application/json', 'X-Request-Id': 'req-7f3a' })
          s.end(JSON.stringify(b))
        },
        Number(process.env.DELAY ?? 80),
      )
    const gone = () => send({ code: 'not_found', message: '没有这条记录，可能已被删除或撤回' }, 404)
    q.resume()
    if (p === '/search') {
      let rs = all[g('kind')].filter((r) => !g('q') || JSON.stringify(r).includes(g('q').split(/\s+/)[0]))
      if (g('regions'))
        rs = rs.filter((r) =>
          g('regions')
            .split(',')
            .some((c) => r.region.startsWith(c.replace(/(00)+$/, ''))),
        )
      const from = Number(g('cursor') || 0),
        n = Number(g('limit'))
      const w = g('q').split(/\s+/)
      return send({
        total: rs.length,
        hits: rs.slice(from, from + n).map((r) => ({
          id: r.id,
          score: 1,
          record: r,
          title: spans(r.title, w),
          snippets: g('q')
            ? [
                {
                  field: 'abstract',
                  label: r.abstract ? '成果简介' : '技术难题',
                  spans: spans(r.abstract ?? r.problem, w),
                },
              ]
            : undefined,
        })),
        next: from + n < rs.length ? String(from + n) : '',
        facets: g('facets') ? facets(rs) : undefined,
      })
    }
    if (p === '/suggest')
      return send({
        suggestions: [
          { text: g('q') + '外延' },
          { text: g('q') + '衬底' },
          { text: all[g('kind')][0].title, kind: g('kind'), id: all[g('kind')][0].id },
        ],
      })
    if (p === '/facets') return send({ total: all[g('kind')].length, facets: facets(all[g('kind')]) })
    if (p === '/stats')
      return send({ needs: 1286, achievements: 3472, organisations: 861, generation: 'g1', index_lag: 0 })
    if (p.startsWith('/codes/')) return send(codes(p.slice(7)))
    if (p === '/match')
      return send({
        kind: 'achievement',
        total: 412,
        generation: 'g',
        matches: achievements.slice(0, 8).map((a, i) => ({ ...match(needs[0], a, i), record: a })),
      })
    if (p.startsWith('/imports'))
      return p.endsWith('commit') ? send(imp('done', 'need')) : send(imp('previewed', 'need'))
    const m = /^\/(needs|achievements)\/([^/]+)(\/\w+)?$/.exec(p)
    if (!m) return gone()
    const kind = m[1] === 'needs' ? 'need' : 'achievement'
    const r = all[kind].find((x) => x.id === m[2])
    if (!r) return gone()
    if (!m[3]) return send(r)
    if (m[3] === '/similar')
      return send({
        duplicates: all[kind]
          .filter((x) => x !== r)
          .slice(0, 3)
          .map((x, i) => ({ id: x.id, similarity: 0.62 - i * 0.1, record: x })),
      })
    const others = all[kind === 'need' ? 'achievement' : 'need']
    const off = Number(g('offset'))
    return send({
      kind: kind === 'need' ? 'achievement' : 'need',
      total: others.length,
      generation: 'g',
      matches: others
        .slice(off, off + Number(g('limit')))
        .map((o, i) => ({ ...(kind === 'need' ? match(r, o, i + off) : match(o, r, i + off)), record: o })),
    })
  })
  .listen(8099)
