import type { Schemas } from '@/api/model'

type User = Schemas['User']

export const stateLabels: Record<User['state'], string> = {
  active: '正常',
  pending: '待启用',
  locked: '已锁定',
  disabled: '已停用',
}

export const stateTone = (u: Pick<User, 'state'>): string =>
  ({ active: 'ok', pending: 'warn', locked: 'bad', disabled: '' })[u.state]
