import { flag, integer, list, object, oneOf, type Rule, text, typed } from './schema.ts'

const MANY = 10_000
const LONG = 100_000

const style = object({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag })
const styled = { style }

const inline: Record<string, Rule> = {
  text: object({ text: text(LONG) }, styled),
  link: object({ url: text(3_000) }, { ...styled, text: text(LONG, 0), unsafe: flag }),
  emoji: object({ name: text(255) }, { ...styled, unicode: text(255), url: text(3_000) }),
  user: object({ user_id: text(255) }, styled),
  usergroup: object({ usergroup_id: text(255) }, styled),
  channel: object({ channel_id: text(255) }, styled),
  team: object({ team_id: text(255) }, styled),
  broadcast: object({ range: oneOf('here', 'channel', 'everyone') }, styled),
  color: object({ value: text(255) }, styled),
  date: object(
    { timestamp: integer(0, 99_999_999_999), format: text(255) },
    { ...styled, url: text(3_000), fallback: text(3_000) },
  ),
}

const inlines = list(typed(inline), { min: 0, max: MANY })
const verbatim = list(typed({ text: inline.text as Rule, link: inline.link as Rule }), { min: 0, max: MANY })
const border = oneOf(0, 1)
const section = object({ elements: inlines })

/** The elements of a rich_text block: structured text, never parsed as mrkdwn. */
export const richTextElements = list(
  typed({
    rich_text_section: section,
    rich_text_quote: object({ elements: inlines }, { border }),
    rich_text_preformatted: object({ elements: verbatim }, { border, language: text(255) }),
    rich_text_list: object(
      {
        elements: list(typed({ rich_text_section: section }), { min: 0, max: MANY }),
        style: oneOf('bullet', 'ordered'),
      },
      { border, indent: integer(0, 8), offset: integer(0, MANY) },
    ),
  }),
  { min: 0, max: MANY },
)
