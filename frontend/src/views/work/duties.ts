// What waits for somebody today, as cards: how much, how urgent, where to go. Pure: figures in, cards out.

import type { Schemas } from '@/api/model'

/** rest: nothing presses; due: should be done today or soon; late: the time is over. */
export type Tone = 'rest' | 'due' | 'late'

export interface Duty {
  key: string
  label: string
  count: number
  unit: string
  tone: Tone
  to: string
  /** What else is to say, so that no colour says it alone. */
  note?: string
}

type Counts = Readonly<Record<string, number>>

const tone = (count: number, late = 0): Tone => (late > 0 ? 'late' : count > 0 ? 'due' : 'rest')

/** The records of one's organisation by state. */
export function recordDuties(kind: 'need' | 'achievement', count: Counts): Duty[] {
  const [what, path, unit] =
    kind === 'need' ? ['需求', '/mine/needs', '条'] : ['成果', '/mine/achievements', '项']
  const duty = (status: string, label: string, note: string, pressing: boolean): Duty => ({
    key: `${kind}-${status}`,
    label,
    count: count[status] ?? 0,
    unit,
    tone: pressing ? tone(count[status] ?? 0) : 'rest',
    to: `${path}?status=${status}`,
    note,
  })
  return [
    duty('returned', `待修改的${what}`, '审核退回，按意见修改后再提交', true),
    duty('draft', `${what}草稿`, '还没有提交审核', true),
    duty('expired', `已到期的${what}`, '确认仍有效可以延期', true),
    duty('pending', `审核中的${what}`, '由主管部门审核', false),
    duty('published', `已发布的${what}`, '正在参与匹配', false),
    ...(count.engaged ? [duty('engaged', `对接中的${what}`, '已有合作方，进展见项目与合同', false)] : []),
  ]
}

export function answerDuties(i: Schemas['IntroductionCounts']): Duty[] {
  return [
    {
      key: 'answers',
      label: '等我方答复的对接',
      count: i.awaiting,
      unit: '个',
      tone: tone(i.awaiting, i.awaiting && i.overdue),
      to: '/introductions?awaiting=true',
      note: i.awaiting && i.overdue ? '有对接已过答复期限' : '请在期限内答复是否有意向',
    },
  ]
}

export function queueDuties(load: Schemas['QueueLoad'] | undefined): Duty[] {
  if (!load) return []
  const pressing = [
    load.overdue && `${load.overdue} 条已逾期`,
    load.due_today && `${load.due_today} 条今天到期`,
  ].filter(Boolean)
  return [
    {
      key: 'queue',
      label: '待处理的候选',
      count: load.open,
      unit: '条',
      tone: load.overdue ? 'late' : load.open ? 'due' : 'rest',
      to: '/queue',
      note: pressing.join('，') || (load.open ? '都在期限内' : '已全部处理'),
    },
    {
      key: 'wished',
      label: '单位申请的对接',
      count: load.wished,
      unit: '条',
      tone: tone(load.wished),
      to: '/queue?wished=true',
      note: load.wished ? '申请的单位在等答复' : '没有等答复的申请',
    },
    {
      key: 'opinions',
      label: '第二意见',
      count: load.opinions,
      unit: '条',
      tone: tone(load.opinions),
      to: '/opinions',
      note: '独立判断，看不到对方的决定',
    },
    {
      key: 'asked',
      label: '已提问、等答复',
      count: load.asked,
      unit: '条',
      tone: 'rest',
      to: '/queue?state=asked',
      note: '单位答复后回到队列',
    },
  ]
}

export function overdueDuty(i: Schemas['IntroductionCounts']): Duty {
  return {
    key: 'overdue',
    label: '逾期未答复的对接',
    count: i.overdue,
    unit: '个',
    tone: i.overdue ? 'late' : 'rest',
    to: '/introductions?overdue=true',
    note: i.overdue ? '可以催办、协调或关闭' : `进行中 ${i.open} 个，都在期限内`,
  }
}

export function taskDuty(today: number, late: number): Duty {
  return {
    key: 'tasks',
    label: '今天要跟进的事项',
    count: today,
    unit: '件',
    tone: tone(today, late),
    to: '/tasks',
    note: late ? `其中 ${late} 件已逾期` : today ? '都在今天到期' : '没有到期的事项',
  }
}

/** What waits on the bureau's desk, with how long by the figures of ageing. */
export function deskDuties(
  waiting: { reviews: number; signups: number; subsidies: number },
  ageing: readonly Schemas['Ageing'][],
): Duty[] {
  const late = ageing.find((a) => a.what === 'reviews')?.late ?? 0
  const candidates = ageing.find((a) => a.what === 'candidates')
  return [
    {
      key: 'reviews',
      label: '待审核的需求与成果',
      count: waiting.reviews,
      unit: '条',
      tone: tone(waiting.reviews, late),
      to: '/reviews',
      note: late ? `其中 ${late} 条等待过久` : '',
    },
    {
      key: 'signups',
      label: '待审核的入驻申请',
      count: waiting.signups,
      unit: '份',
      tone: tone(waiting.signups),
      to: '/signups',
    },
    {
      key: 'candidates',
      label: '经理人待处理的候选',
      count: candidates?.total ?? 0,
      unit: '条',
      tone: candidates?.late ? 'late' : 'rest',
      to: '/cockpit/waiting?what=candidates',
      note: candidates?.late ? `其中 ${candidates.late} 条已逾期` : '都在期限内',
    },
    {
      key: 'subsidies',
      label: '待审核的补助申请',
      count: waiting.subsidies,
      unit: '笔',
      tone: tone(waiting.subsidies),
      to: '/subsidies?state=applied',
    },
  ]
}

export function systemDuties(jobs: Schemas['JobCounts'], dead: number): Duty[] {
  const sum = (state: string): number =>
    jobs.items.filter((j) => j.state === state).reduce((n, j) => n + j.count, 0)
  return [
    {
      key: 'jobs',
      label: '停止重试的后台任务',
      count: sum('dead'),
      unit: '个',
      tone: sum('dead') ? 'late' : 'rest',
      to: '/jobs?state=dead',
      note: sum('dead') ? '请查看原因，处理后重试' : '后台任务都正常',
    },
    {
      key: 'waiting',
      label: '等待中的后台任务',
      count: sum('waiting') + sum('running'),
      unit: '个',
      tone: 'rest',
      to: '/jobs?state=waiting',
    },
    {
      key: 'outbox',
      label: '没有发出的通知',
      count: dead,
      unit: '封',
      tone: dead ? 'late' : 'rest',
      to: '/outbox?states=dead',
      note: dead ? '多次发送失败，请检查渠道' : '通知都已送出',
    },
  ]
}

export function securityDuties(locked: number, pending: number): Duty[] {
  return [
    {
      key: 'locked',
      label: '已锁定的账号',
      count: locked,
      unit: '个',
      tone: tone(locked),
      to: '/users?state=locked',
      note: locked ? '核实后可以解锁' : '没有被锁定的账号',
    },
    {
      key: 'pending',
      label: '待启用的账号',
      count: pending,
      unit: '个',
      tone: 'rest',
      to: '/users?state=pending',
      note: '已邀请或申请，还没有启用',
    },
  ]
}

/** Whether an organisation has nothing on its way: neither published nor to be. */
export const isBeginning = (duties: readonly Duty[], kind: 'need' | 'achievement'): boolean =>
  duties.some((d) => d.key === `${kind}-published`) &&
  duties.every((d) => !d.key.startsWith(`${kind}-`) || d.count === 0)

/** The most pressing first; what rests stays in its order. */
export function inOrder(duties: readonly Duty[]): Duty[] {
  const rank: Record<Tone, number> = { late: 0, due: 1, rest: 2 }
  return duties
    .map((d, i) => ({ d, i }))
    .sort((a, b) => rank[a.d.tone] - rank[b.d.tone] || a.i - b.i)
    .map(({ d }) => d)
}
