// The keys of the desk. The same list makes the help.

import type { Shortcut } from '@/keys'
import type { Desk } from './useDesk'

export function queueShortcuts(desk: Desk): Shortcut[] {
  const { queue, panel, open, more, tab } = desk
  const open1 = (name: 'reject' | 'defer' | 'ask') => () => {
    if (open.value) panel.value = name
  }
  const all: Shortcut[] = [
    { keys: 'j', help: '下一条', run: () => queue.dispatch({ type: 'move', by: 1 }) },
    { keys: 'k', help: '上一条', run: () => queue.dispatch({ type: 'move', by: -1 }) },
  ]
  if (desk.works)
    all.push(
      { keys: 'a', help: '采纳', run: () => void desk.decide({ verb: 'accept' }) },
      { keys: 'r', help: '不采纳，再按数字选原因', run: open1('reject') },
      { keys: 'd', help: '暂缓，再按 1、3、7 选天数', run: open1('defer') },
      { keys: 'u', help: '撤销最近的决定', run: () => void desk.undo() },
      { keys: 'c', help: '与另外两条并排比较', run: () => void desk.compare() },
      { keys: 'q', help: '向一方提问', run: open1('ask') },
    )
  if (desk.hands) {
    all.push({ keys: 'h', help: '移交给别人', run: () => void (open.value && (panel.value = 'hand')) })
    all.push({
      keys: 'x',
      help: '选中或取消选中这一条',
      run: () => queue.dispatch({ type: 'toggle', id: queue.state.value.cursor }),
    })
  }
  all.push(
    { keys: 'e', help: '展开或收起全部依据', run: () => ((tab.value = 'why'), (more.value = !more.value)) },
    { keys: 'Enter', help: '打开或收起全文', run: desk.openFull },
    { keys: 'o', help: '同一需求的其他候选', run: () => (tab.value = 'others') },
    { keys: 'Escape', help: '取消选择，收起提示', run: () => leave(desk) },
  )
  return all
}

function leave(desk: Desk): void {
  desk.queue.dispatch({ type: 'select', ids: [] })
  desk.queue.dispatch({ type: 'dismiss' })
  desk.tab.value = 'why'
}
