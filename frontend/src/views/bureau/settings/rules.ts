// The numbers that the bureau sets, with what each brings about. Bounds are those of the service.

import { atLeast } from '@/lib/levels'

export interface Rule {
  key: string
  label: string
  unit?: string
  help: string
  min?: number
  max?: number
  step?: number
  /** What is shown is the stored number times this: parts of 1 as per cent, 分 as 万元. */
  times?: number
  options?: readonly { value: number; label: string }[]
}

const levels = atLeast.map((o) => ({ value: Number(o.value), label: o.label })).reverse()

export const introductionRules: readonly Rule[] = [
  {
    key: 'answer_days',
    label: '答复期限',
    unit: '工作日',
    min: 1,
    max: 60,
    help: '发出对接邀请后，双方应在几个工作日内答复',
  },
  {
    key: 'escalate_days',
    label: '提醒主管部门',
    unit: '工作日后',
    min: 1,
    max: 60,
    help: '过了答复期限再过几个工作日，告知业务员',
  },
  {
    key: 'close_days',
    label: '自动结束',
    unit: '工作日后',
    min: 1,
    max: 60,
    help: '告知之后仍不答复，再过几个工作日按“未答复”结束',
  },
  { key: 'nudges', label: '人工催促', unit: '次', min: 0, max: 20, help: '技术经理人对每一方最多催促几次' },
]

export const reviewRules: readonly Rule[] = [
  {
    key: 'answer_days',
    label: '审核时限',
    unit: '工作日',
    min: 1,
    max: 60,
    help: '单位提交需求或成果后，应在几个工作日内通过或退回',
  },
]

export const queueRules: readonly Rule[] = [
  {
    key: 'min_level',
    label: '最低匹配等级',
    options: levels,
    help: '达到这个等级的匹配进入技术经理人的队列',
  },
  {
    key: 'min_probability',
    label: '最低可能性',
    unit: '%',
    times: 100,
    max: 100,
    step: 1,
    help: '等级不够，但有这么大可能达到“较强”的，也进入队列',
  },
  {
    key: 'per_record',
    label: '每条记录的候选数',
    unit: '条',
    min: 1,
    max: 100,
    help: '每条需求或成果取前几个匹配',
  },
  {
    key: 'capacity',
    label: '在办上限',
    unit: '条',
    min: 1,
    max: 10_000,
    help: '没有单独约定的技术经理人，同时最多有多少条待处理',
  },
  {
    key: 'per_week',
    label: '每周名额',
    unit: '条',
    min: 1,
    max: 10_000,
    help: '每位技术经理人每周最多新到多少条',
  },
  {
    key: 'response_days',
    label: '处理时限',
    unit: '工作日',
    min: 1,
    max: 60,
    help: '候选应在几个工作日内作出决定，逾期计入时效',
  },
  {
    key: 'answer_days',
    label: '提问答复时限',
    unit: '工作日',
    min: 1,
    max: 60,
    help: '经理人向单位提问后，应在几个工作日内答复',
  },
  {
    key: 'second_share',
    label: '第二意见比例',
    unit: '%',
    times: 100,
    max: 100,
    step: 1,
    help: '有这么大比例的决定由另一位经理人再判一次，用来检查标准是否一致',
  },
  {
    key: 'undo_minutes',
    label: '决定可撤销',
    unit: '分钟',
    max: 43_200,
    help: '作出决定后多久以内可以撤销；1440 分钟为一天',
  },
  {
    key: 'introduce_minutes',
    label: '邀请前等待',
    unit: '分钟',
    max: 1440,
    help: '采纳后等多久才向双方发出邀请，留出反悔的时间',
  },
  {
    key: 'lease_minutes',
    label: '占用时间',
    unit: '分钟',
    min: 1,
    max: 480,
    help: '打开一条候选后，多久内别人不能处理它',
  },
]

/** Indicators for which targets are set, in the order of the cockpit. Amounts are kept in 分 and shown in 万元. */
export const targetRules: readonly Rule[] = [
  { key: 'needs', label: '技术需求', unit: '条', help: '全年登记入库的技术需求' },
  { key: 'achievements', label: '科技成果', unit: '项', help: '全年登记入库的科技成果' },
  { key: 'introductions', label: '线上对接', unit: '次', help: '全年发出的对接邀请' },
  { key: 'deals', label: '对接项目', unit: '个', help: '全年立项的对接项目' },
  { key: 'contracts', label: '签约合同', unit: '份', help: '全年签订的技术合同' },
  { key: 'contract_amount', label: '签约额', unit: '万元', times: 1e-6, step: 0.01, help: '技术合同成交额' },
  {
    key: 'registered_amount',
    label: '登记技术交易额',
    unit: '万元',
    times: 1e-6,
    step: 0.01,
    help: '认定登记合同的技术交易额',
  },
]

export const targetRates: readonly Rule[] = [
  {
    key: 'matching_rate',
    label: '对接率',
    unit: '%',
    times: 100,
    max: 100,
    step: 0.1,
    help: '发出过对接邀请的需求占全部需求的比例',
  },
  {
    key: 'response_rate',
    label: '响应率',
    unit: '%',
    times: 100,
    max: 100,
    step: 0.1,
    help: '已答复的占应答复的比例',
  },
  {
    key: 'response_days',
    label: '响应时间',
    unit: '工作日',
    max: 60,
    help: '对接邀请应在几个工作日内得到答复',
  },
]
