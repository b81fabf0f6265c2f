// One table from error codes to sentences. The first block is the server's list (errors.go); a test compares them.

export interface ErrorText {
  title: string
  /** What the user can do. */
  hint: string
}

export const serverErrors: Record<string, ErrorText> = {
  invalid: { title: '填写的内容有误', hint: '请按提示修改后再试。' },
  unauthorized: { title: '需要登录', hint: '请先登录；没有账号的单位可以申请入驻。' },
  forbidden: { title: '没有权限', hint: '您的账号不能进行此操作；确有需要，请联系管理员。' },
  not_found: { title: '没有找到', hint: '它可能已被删除、撤回或不公开。' },
  conflict: { title: '内容已被他人修改', hint: '请刷新后重新操作。' },
  precondition: { title: '缺少版本信息', hint: '请刷新页面后重新操作。' },
  too_large: { title: '内容太大', hint: '请缩短文字或拆分文件后再试。' },
  unsupported: { title: '不支持这种文件', hint: '请使用 xlsx、csv 或 jsonl 文件。' },
  too_many: { title: '操作太频繁', hint: '请稍等片刻再试。' },
  unavailable: { title: '服务暂时不可用', hint: '索引或数据库正在准备，请稍后重试。' },
  timeout: { title: '服务响应超时', hint: '请稍后重试；如内容很长，可适当缩短。' },
  internal: { title: '服务内部错误', hint: '请稍后重试；如反复出现，请把请求编号告诉管理员。' },
}

/** What goes wrong before the server answers. */
export const localErrors: Record<string, ErrorText> = {
  offline: { title: '无法连接服务', hint: '请检查网络连接，恢复后会自动重试。' },
  slow: { title: '等待超时', hint: '网络或服务较慢，请重试。' },
  garbled: { title: '收到的内容无法识别', hint: '服务可能正在升级，请稍后刷新页面。' },
}

export function errorText(code: string): ErrorText {
  return serverErrors[code] ?? localErrors[code] ?? serverErrors.internal!
}
