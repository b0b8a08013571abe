import type {
  ActionsBlock,
  ContextBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
  RichTextText,
  SectionBlock,
} from '@slack/types'

/** Structured text: Slack parses nothing in it, so it may hold the asker's words once they are inert. */
export const word = (text: string, style?: 'bold' | 'code' | 'italic'): RichTextText => ({
  type: 'text',
  text,
  ...(style ? { style: { [style]: true } } : {}),
})

export const line = (...elements: RichTextElement[]): RichTextSection => ({ type: 'rich_text_section', elements })
export const quote = (...elements: RichTextElement[]): RichTextQuote => ({ type: 'rich_text_quote', elements })
export const preformatted = (text: string): RichTextPreformatted => ({
  type: 'rich_text_preformatted',
  elements: [word(text)],
})

export type RichPart = RichTextSection | RichTextQuote | RichTextPreformatted
/** A rich_text block of the parts that we use. */
export type Rich = RichTextBlock & { elements: RichPart[] }
export const rich = (...elements: RichPart[]): Rich => ({ type: 'rich_text', elements })

export type Pair = readonly [label: string, text: RichTextText]

/** `label: text` pairs, one a line. */
export const labelled = (pairs: readonly Pair[]): RichTextText[] =>
  pairs.flatMap(([label, text], i) => [word(`${i === 0 ? '' : '\n'}${label}: `, 'bold'), text])

/** OUR words in mrkdwn. Never an asker's. */
export const ours = (text: string): SectionBlock => ({ type: 'section', text: { type: 'mrkdwn', text } })
export const small = (...texts: string[]): ContextBlock => ({
  type: 'context',
  elements: texts.map((text) => ({ type: 'mrkdwn', text })),
})
export const actions = (...elements: ActionsBlock['elements']): ActionsBlock => ({ type: 'actions', elements })

/** A message as it is posted: what a notification reads, and what is seen. */
export interface Rendered {
  readonly text: string
  readonly blocks: KnownBlock[]
}
