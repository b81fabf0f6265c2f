// The usual acts of each role, one click away.

import type { IconName } from '@/components/AppIcon.vue'
import type { Role } from '@/session'

export interface UsualAct {
  to: string
  label: string
  icon: IconName
}

const find: UsualAct[] = [
  { to: '/search?kind=achievement', label: '找成果', icon: 'search' },
  { to: '/search?kind=need', label: '找需求', icon: 'search' },
]

export const usualActs: Record<Role, readonly UsualAct[]> = {
  enterprise: [
    { to: '/mine/needs/new', label: '发布需求', icon: 'plus' },
    { to: '/import', label: '用表格批量导入', icon: 'upload' },
    { to: '/clinic', label: '需求诊断', icon: 'check' },
    ...find.slice(0, 1),
    { to: '/preferences', label: '订阅新成果', icon: 'bell' },
  ],
  university: [
    { to: '/mine/achievements/new', label: '发布成果', icon: 'plus' },
    { to: '/import', label: '用表格批量导入', icon: 'upload' },
    ...find.slice(1),
    { to: '/mine/shown', label: '推荐与反馈', icon: 'eye' },
    { to: '/preferences', label: '订阅新需求', icon: 'bell' },
  ],
  broker: [
    { to: '/queue', label: '处理候选', icon: 'queue' },
    { to: '/match', label: '粘贴文本匹配', icon: 'paste' },
    { to: '/deals', label: '项目与合同', icon: 'deal' },
    ...find,
  ],
  operator: [
    { to: '/reviews', label: '审核需求与成果', icon: 'check' },
    { to: '/signups', label: '审核入驻申请', icon: 'org' },
    { to: '/mine/needs/new', label: '代单位填报', icon: 'edit' },
    { to: '/cockpit', label: '驾驶舱', icon: 'chart' },
    { to: '/import', label: '用表格批量导入', icon: 'upload' },
    { to: '/assignments', label: '推荐分配', icon: 'assign' },
  ],
  system_admin: [
    { to: '/users', label: '账号', icon: 'people' },
    { to: '/jobs', label: '后台任务', icon: 'clock' },
    { to: '/channels', label: '通知渠道', icon: 'send' },
    { to: '/models', label: '匹配模型', icon: 'model' },
  ],
  security_admin: [
    { to: '/users', label: '账号', icon: 'people' },
    { to: '/tokens', label: '访问令牌', icon: 'key' },
    { to: '/security', label: '安全策略', icon: 'settings' },
  ],
  auditor: [{ to: '/audit', label: '审计日志', icon: 'sheet' }],
}
