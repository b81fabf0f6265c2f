import type { Kind } from '@/lib/filter'

/** Drafts of our own that leave open what drafts usually leave open. */
export const examples: Record<Kind, string> = {
  need: `液压支架立柱激光熔覆涂层
公司生产煤矿液压支架，立柱采用激光熔覆不锈钢涂层。目前涂层容易出现横向裂纹，返修率较高，熔覆效率低。
需要提高涂层耐磨性，降低成本，尽快解决开裂问题，达到国际先进水平。`,
  achievement: `高盐废水低温蒸发结晶装置
针对化工高盐废水处理成本高、设备易结垢的问题，开发了低温负压蒸发结晶装置，吨水能耗 35 kWh，结晶盐纯度达到 98%，性能优异，处于国内领先水平。
适用于农药、染料和煤化工行业，拥有自主知识产权，应用前景广阔。`,
}
