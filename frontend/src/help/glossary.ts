// The field's terms in a sentence or two, shown beside them by TermHelp. The words agree with CONTEXT.md.

export const glossary = {
  trl: {
    label: '技术就绪度（TRL）',
    text: '成果离产业化还有多远，1～9 级：1～3 为原理与概念验证，4～6 为小试、中试，7～9 为示范、量产。',
  },
  level: {
    label: '匹配等级',
    text: '强、较强、弱、无相关四级，由模型按两份材料的文字、指标和分类判断；把握的大小用历史数据校准过，供您参考，决定由您作出。',
  },
  candidate: {
    label: '候选',
    text: '等待技术经理人决定的一对需求与成果。采纳后系统向双方发出对接邀请；不采纳须选原因，用来改进推荐。',
  },
  lease: {
    label: '占用',
    text: '您正在看的候选会暂时为您保留，同事会看到“处理中”，避免两个人重复处理；离开后自动解除。',
  },
  second_opinion: {
    label: '第二意见（复评）',
    text: '已经决定的候选抽一部分请另一位技术经理人独立判断，看不到原来的决定，用来衡量大家的尺度是否一致。',
  },
  kappa: {
    label: '一致程度（κ）',
    text: '两位经理人对同一批候选判断一致的程度，扣除了碰巧一致的部分：1 为完全一致，0 为与碰巧一样。',
  },
  capacity: {
    label: '在办上限',
    text: '一位技术经理人同时可以有多少条未处理的候选；满了以后新的候选会分给别人或等待分派。',
  },
  exposure: {
    label: '展示均衡',
    text: '已发布的记录成为候选的次数是否相差悬殊。不均衡程度（基尼系数）为 0 表示次数都一样，接近 1 表示集中在少数几条。',
  },
  dealStage: {
    label: '项目阶段',
    text: '对接项目从受理到结题的十二个阶段。跨过阶段、退回都要说明原因；签约之后的阶段要先填写技术合同。',
  },
  received: {
    label: '到账',
    text: '合同款实际到账的金额，每笔有日期和凭证号。记错的用冲销更正，原来的一笔仍留在账上。',
  },
  registration: {
    label: '认定登记',
    text: '技术合同在登记机构审核后取得 16 位登记编号。登记表要求的各项填齐后，由主管部门填写编号。',
  },
  subsidy: {
    label: '补助',
    text: '按当地补助办法，以实际到账额、技术交易额或成交额乘以比例计算，受单项成果上限和单位年度上限约束，精确到分、只舍不入。',
  },
} as const satisfies Record<string, { label: string; text: string }>

export type TermName = keyof typeof glossary
