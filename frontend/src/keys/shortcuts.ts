import type { Router } from 'vue-router'
import { ownMenu } from '@/menu'
import type { Shortcut } from './index'

/** The search box of the page that is shown registers itself under this id. */
export const searchBoxId = 'search-box'

/** The shortcuts that hold on every page, and one for each entry of the person's menu. */
export function shortcuts(router: Router, openHelp: () => void): Shortcut[] {
  const go = (path: string) => () => void router.push(path)
  return [
    { keys: '/', help: '把光标放进搜索框', run: () => focusSearch(router) },
    { keys: '?', help: '显示快捷键', run: openHelp },
    { keys: 'g h', help: '回到首页', run: go('/') },
    { keys: 'g a', help: '找成果', run: go('/search?kind=achievement') },
    { keys: 'g n', help: '找需求', run: go('/search?kind=need') },
    { keys: 'g m', help: '粘贴文本匹配', run: go('/match') },
    { keys: 'g c', help: '需求诊断', run: go('/clinic') },
    ...ownMenu().map((m) => ({ keys: `g ${m.key}`, help: m.label, run: go(m.to) })),
  ]
}

function focusSearch(router: Router): void {
  const box = document.getElementById(searchBoxId)
  if (box instanceof HTMLInputElement) {
    box.focus()
    box.select()
    return
  }
  void router.push('/search').then(() => document.getElementById(searchBoxId)?.focus())
}
