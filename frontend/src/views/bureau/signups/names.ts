// What is particular in an organisation's name: without place and legal form, to look for others called alike.

const forms = /(股份有限公司|有限责任公司|有限公司|专业合作社|集团|公司|研究院|研究所|大学|学院|中心)$/
const places =
  /^(中国|江苏省?|盐城市?|东台市?|大丰区?|射阳县?|滨海县?|阜宁县?|响水县?|建湖县?|亭湖区?|盐都区?)/

export function coreName(name: string): string {
  let core = name.replace(/[（(][^）)]*[）)]/g, '').replace(forms, '')
  // 江苏盐城… has two places before the name.
  for (let i = 0; i < 2; i++) if (core.replace(places, '').length >= 2) core = core.replace(places, '')
  return [...(core.length >= 2 ? core : name)].slice(0, 4).join('')
}
