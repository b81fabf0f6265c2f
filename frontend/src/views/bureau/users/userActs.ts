// What the viewer may do with an account. The server decides again; this says what is offered.

import type { Schemas } from '@/api/model'

type User = Schemas['User']
export type Act =
  | 'edit'
  | 'lock'
  | 'unlock'
  | 'disable'
  | 'enable'
  | 'password'
  | 'logout'
  | 'clearFactor'
  | 'grant'
  | 'invite'

const administrators = ['system_admin', 'security_admin', 'auditor']
export const privileged = (role: User['role']): boolean =>
  !['enterprise', 'university', 'broker'].includes(role)

interface Viewer {
  id: string | undefined
  may: (permission: string) => boolean
}

/** The system administrator keeps accounts, the security administrator what they may do (三员分立). */
export function actsOf(u: User, viewer: Viewer): Act[] {
  if (u.id === viewer.id) return []
  const manages = viewer.may('account.manage') && !administrators.includes(u.role)
  const secures = viewer.may('security.manage')
  const acts: Act[] = []
  if (manages) acts.push('edit')
  if (manages && u.state === 'pending') acts.push('invite')
  if (secures) acts.push('grant')
  if ((manages || secures) && u.state === 'active') acts.push('lock', 'disable')
  if ((manages || secures) && u.locked_until && u.state === 'active') acts.push('unlock')
  const opens = secures || (manages && !privileged(u.role))
  if (opens && u.state === 'locked') acts.push('unlock')
  if (opens && (u.state === 'disabled' || (u.state === 'pending' && privileged(u.role)))) acts.push('enable')
  if (manages && u.state !== 'disabled') acts.push('password')
  if ((manages || secures) && u.state === 'active') acts.push('logout')
  if (secures && u.totp) acts.push('clearFactor')
  return acts
}

export const actLabels: Record<Act, string> = {
  edit: '修改资料',
  lock: '锁定',
  unlock: '解锁',
  disable: '停用',
  enable: '启用',
  password: '重置密码',
  logout: '结束全部会话',
  clearFactor: '清除两步验证',
  grant: '调整角色与辖区',
  invite: '重发邀请',
}

/** Changes of state that can be taken back, and by what. */
export const opposite: Partial<Record<Act, 'lock' | 'unlock' | 'disable' | 'enable'>> = {
  lock: 'unlock',
  unlock: 'lock',
  disable: 'enable',
  enable: 'disable',
}

/** Roles that members of such an organisation may have; without one, those that need none. */
export function rolesOf(kind: Schemas['OrganisationKind'] | undefined): User['role'][] {
  switch (kind) {
    case 'enterprise':
      return ['enterprise']
    case 'university':
    case 'institute':
      return ['university', 'broker']
    case 'agency':
      return ['broker']
    default:
      return ['broker', 'operator', 'system_admin', 'security_admin', 'auditor']
  }
}
