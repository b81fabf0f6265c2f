// The first-run tour of each role: a few steps, each pointing at something that is on the workbench. A step whose place is
// not there is left out, as for an operator of one region who lacks an entry.

import type { Role } from '@/session'

/** Places of the frame and of the workbench, marked there with data-tour. */
export const places = ['duties', 'tools', 'keys', 'help', 'open-menu'] as const
type Place = (typeof places)[number]

/** A place, or an entry of the bar at the left by its address. */
export type Target = Place | `menu:/${string}`

export interface TourStep {
  target: Target
  title: string
  text: string
}

const tools: TourStep = {
  target: 'tools',
  title: '消息、大字与深色',
  text: '铃铛上的数字是没有读的消息。旁边可以放大文字、换成深色。点您的姓名，可以改密码、选择哪些事用什么方式通知您。',
}
const keys: TourStep = {
  target: 'keys',
  title: '随时可以查帮助',
  text: '在电脑上按 ? 键，看这一页能用的全部快捷键。页面上带圈的问号说明旁边的术语；“帮助”里有使用手册和全部术语。',
}
const duties = (text: string): TourStep => ({ target: 'duties', title: '今天的工作', text })

export const tours: Record<Role, readonly TourStep[]> = {
  enterprise: [
    duties('等您办的事都在这里，最急的排在最前，点卡片直接去办。'),
    {
      target: 'menu:/mine/needs',
      title: '填报技术需求',
      text: '一步一步填写，边填边保存。写得不够清楚的地方，旁边会提示读者还会问什么。',
    },
    {
      target: 'menu:/mine/matches',
      title: '看匹配到的成果',
      text: '需求发布后自动匹配科技成果，每一条都给出双方原文中的依据。',
    },
    {
      target: 'menu:/introductions',
      title: '答复对接邀请',
      text: '技术经理人推荐的对接在这里等您答复。双方都有意向，才互相看到联系方式。',
    },
    tools,
    keys,
  ],
  university: [
    duties('等您办的事都在这里，最急的排在最前，点卡片直接去办。'),
    {
      target: 'menu:/mine/achievements',
      title: '发布科技成果',
      text: '可以逐项填写，也可以用表格一次导入几百项。重复的会并排列出，由您决定。',
    },
    {
      target: 'menu:/mine/matches',
      title: '看匹配到的需求',
      text: '成果发布后自动匹配企业需求，每一条都给出双方原文中的依据。',
    },
    {
      target: 'menu:/introductions',
      title: '答复对接邀请',
      text: '技术经理人推荐的对接在这里等您答复。双方都有意向，才互相看到联系方式。',
    },
    tools,
    keys,
  ],
  broker: [
    duties('待处理的候选、要跟进的事都在这里，逾期的排在最前，点卡片直接去办。'),
    {
      target: 'menu:/queue',
      title: '处理候选',
      text: '左边是候选，右边并排看需求与成果的依据。按 j、k 上下移动，a 采纳，r 不采纳，d 暂缓，u 撤销，双手不离键盘。',
    },
    {
      target: 'menu:/introductions',
      title: '跟进对接',
      text: '采纳之后系统向双方发出邀请。谁还没有答复、离期限还有几天，这里一目了然。',
    },
    {
      target: 'menu:/deals',
      title: '推进项目',
      text: '双方都有意向后建立项目，一个阶段一个阶段往前走，直到签订和登记技术合同。',
    },
    tools,
    keys,
  ],
  operator: [
    duties('等您审核、协调的事都在这里，等得最久的排在最前，点卡片直接去办。'),
    {
      target: 'menu:/reviews',
      title: '审核需求与成果',
      text: '左边是排队的材料，右边逐项查看。意见可以写在具体的一栏旁边，填报人会看到。',
    },
    {
      target: 'menu:/cockpit',
      title: '看全局',
      text: '驾驶舱是本辖区的进度、转化与时效。每个数字都能点开，看它由哪些记录组成，也可以导出月报。',
    },
    {
      target: 'menu:/settings',
      title: '定指标与规则',
      text: '年度指标、答复期限、补助办法、工作日历都在这里维护，改动会记入审计。',
    },
    tools,
    keys,
  ],
  system_admin: [
    duties('没有办成的后台任务和没有发出的通知在这里，点卡片查看原因。'),
    {
      target: 'menu:/users',
      title: '开通账号',
      text: '为主管部门、经理人和各单位建立账号，重设密码。角色与锁定由安全管理员负责。',
    },
    {
      target: 'menu:/channels',
      title: '接通通知渠道',
      text: '配置邮件和群机器人，配好后可以发一条试一试。',
    },
    {
      target: 'menu:/jobs',
      title: '看后台任务',
      text: '匹配、索引、发送等任务的进度和失败原因，处理后可以重试。',
    },
    tools,
    keys,
  ],
  security_admin: [
    duties('被锁定和等待启用的账号在这里，点卡片直接去办。'),
    {
      target: 'menu:/users',
      title: '管账号安全',
      text: '调整角色、解锁、让账号下线，都在账号的页面里，每次改动都会记入审计。',
    },
    {
      target: 'menu:/tokens',
      title: '发放访问令牌',
      text: '其他系统接入时用令牌，写明用途、范围和有效期，随时可以停用。',
    },
    {
      target: 'menu:/security',
      title: '定安全策略',
      text: '密码要求、登录失败锁定、会话时长在这里规定，改了立即生效。',
    },
    tools,
    keys,
  ],
  auditor: [
    {
      target: 'duties',
      title: '先校验完整性',
      text: '审计记录一条接一条，改动或删除任何一条都能发现。点“立即校验”就知道是否完整。',
    },
    {
      target: 'menu:/audit',
      title: '查审计日志',
      text: '按时间、人、行为和对象查找，看到谁在什么时候做了什么，可以导出。',
    },
    tools,
    keys,
  ],
}
