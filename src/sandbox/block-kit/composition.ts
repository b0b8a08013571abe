import { flag, list, object, oneOf, type Rule, text, typed } from './schema.ts'

/** Composition objects, with the limits of Slack's Block Kit reference. */
export function plainText(max: number): Rule {
  return typed({ plain_text: object({ text: text(max) }, { emoji: flag }) })
}

export function mrkdwn(max: number): Rule {
  return typed({ mrkdwn: object({ text: text(max) }, { verbatim: flag }) })
}

export function anyText(max: number): Rule {
  return typed({
    plain_text: object({ text: text(max) }, { emoji: flag }),
    mrkdwn: object({ text: text(max) }, { verbatim: flag }),
  })
}

export const colour = oneOf('primary', 'danger')

/** A confirmation dialog. */
export const confirm = object(
  { text: anyText(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: colour },
)

const OPTION_TEXT = 75

function option(label: Rule): Rule {
  return object({ text: label, value: text(150) }, { description: anyText(OPTION_TEXT), url: text(3_000) })
}

export const plainOption = option(plainText(OPTION_TEXT))
export const anyOption = option(anyText(OPTION_TEXT))
export const optionGroups = list(object({ label: plainText(OPTION_TEXT), options: list(plainOption, { max: 100 }) }), {
  max: 100,
})

const slackFile = object({}, { id: text(255), url: text(3_000) })
export const imageSource = { image_url: text(3_000), slack_file: slackFile }
