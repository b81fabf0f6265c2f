// The field's terms in a sentence or two, shown beside them by TermHelp. The words agree with CONTEXT.md.

export const glossary = {
  trl: {
    label: '技术就绪度（TRL）',
    text: '成果离产业化还有多远，1～9 级：1～3 为原理与概念验证，4～6 为小试、中试，7～9 为示范、量产。',
  },
} as const satisfies Record<string, { label: string; text: string }>

export type TermName = keyof typeof glossary
