// Rows that are added, taken away (with undo) and moved.

import type { Ref } from 'vue'
import { undoable } from '@/lib/toast'

export function useRows<T extends { key: number }>(model: Ref<T[]>, blank: () => T, noun: string) {
  return {
    add: (): T => {
      const row = blank()
      model.value = [...model.value, row]
      return row
    },
    remove: (key: number): void => {
      const at = model.value.findIndex((r) => r.key === key)
      const gone = model.value[at]
      if (!gone) return
      model.value = model.value.filter((r) => r.key !== key)
      undoable(`已删除${noun}`, () => {
        model.value = [...model.value.slice(0, at), gone, ...model.value.slice(at)]
      })
    },
    move: (key: number, by: -1 | 1): void => {
      model.value = moved(model.value, key, by)
    },
  }
}

/** The rows with one moved up or down; at the end it stays. */
export function moved<T extends { key: number }>(rows: readonly T[], key: number, by: -1 | 1): T[] {
  const next = [...rows]
  const at = next.findIndex((r) => r.key === key)
  const to = at + by
  if (at < 0 || to < 0 || to >= next.length) return next
  ;[next[at], next[to]] = [next[to]!, next[at]!]
  return next
}

/** Units of the indicators that are named most, offered while typing. */
export const units = [
  ...['%', 'mm', 'μm', 'nm', 'm', 'm²', 'm³', 'kg', 'g', 't', 't/h', 'L/min', '℃', 'K', 'MPa', 'GPa', 'kPa'],
  ...['V', 'kV', 'A', 'mA', 'W', 'kW', 'kWh', 'Wh/kg', 'mAh/g', 'Ω', 'Hz', 'kHz', 'MHz', 'GHz', 'dB', 's'],
  ...['ms', 'min', 'h', '天', '年', '次', '万次', '次/min', '件/h', '个', '台', '套', 'ppm', 'mg/L', 'mg/m³'],
  ...['g/cm³', 'W/(m·K)', 'N', 'kN', 'N·m', 'r/min', 'm/s', 'km/h', '元/kg', '元/t', '元/件', '万元', 'fps'],
]
