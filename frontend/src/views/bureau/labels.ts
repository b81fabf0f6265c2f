// Names of states that are no code lists of the service; they agree with the labels there.

import type { Schemas } from '@/api/model'

export const reviewStates: Record<Schemas['ReviewState'], string> = {
  pending: '待审核',
  approved: '通过',
  returned: '退回修改',
  withdrawn: '已撤回',
}

export const signUpStates: Record<Schemas['SignUpState'], string> = {
  pending: '待审核',
  approved: '已通过',
  refused: '未通过',
}

export const userStates: Record<Schemas['UserState'], string> = {
  active: '正常',
  pending: '待启用',
  locked: '已锁定',
  disabled: '已停用',
}

export const runStates: Record<Schemas['RunState'], string> = {
  running: '进行中',
  done: '已完成',
  failed: '失败',
  cancelled: '已取消',
}

export const brokerLevels = { junior: '初级', middle: '中级', senior: '高级' } as const

export const kinds = { need: '技术需求', achievement: '科技成果' } as const

/** How a state looks; it is named as well. */
export const tones: Record<string, string> = {
  pending: 'warn',
  approved: 'ok',
  returned: 'warn',
  refused: 'bad',
  active: 'ok',
  locked: 'bad',
  running: 'brand',
  done: 'ok',
  failed: 'bad',
}
