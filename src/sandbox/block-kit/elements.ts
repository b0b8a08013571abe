import { anyOption, colour, confirm, imageSource, optionGroups, plainOption, plainText } from './composition.ts'
import { anyField, anything, both, flag, integer, list, object, oneOf, type Rule, text } from './schema.ts'

const action = { action_id: text(255) }
const confirmable = { ...action, confirm }
const focusable = { ...confirmable, focus_on_load: flag }
const placeholder = { placeholder: plainText(150) }
const dispatch = object({}, { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 }) })
const typing = { ...action, ...placeholder, focus_on_load: flag, dispatch_action_config: dispatch }
const ids = list(text(255), { max: 100 })

const button = object(
  { text: plainText(75) },
  { ...confirmable, value: text(2_000), url: text(3_000), style: colour, accessibility_label: text(75) },
)

function select(extra: Record<string, Rule>): Rule {
  return object({}, { ...focusable, ...placeholder, ...extra })
}

const many = { max_selected_items: integer(1, 100) }
const conversationFilter = object({}, { include: ids, exclude_external_shared_channels: flag, exclude_bot_users: flag })
const conversations = {
  default_to_current_conversation: flag,
  filter: conversationFilter,
  response_url_enabled: flag,
}
const staticOptions = { options: list(plainOption, { max: 100 }), option_groups: optionGroups }
const oneOfTheLists = anyField('options', 'option_groups')

const selects: Record<string, Rule> = {
  static_select: both(oneOfTheLists, select({ ...staticOptions, initial_option: plainOption })),
  multi_static_select: both(
    oneOfTheLists,
    select({ ...staticOptions, ...many, initial_options: list(plainOption, { max: 100 }) }),
  ),
  external_select: select({ initial_option: plainOption, min_query_length: integer(0, 100) }),
  multi_external_select: select({ ...many, initial_options: anything, min_query_length: integer(0, 100) }),
  users_select: select({ initial_user: text(255) }),
  multi_users_select: select({ ...many, initial_users: ids }),
  conversations_select: select({ ...conversations, initial_conversation: text(255) }),
  multi_conversations_select: select({ ...conversations, ...many, initial_conversations: ids }),
  channels_select: select({ initial_channel: text(255), response_url_enabled: flag }),
  multi_channels_select: select({ ...many, initial_channels: ids }),
}

const pickers: Record<string, Rule> = {
  datepicker: object({}, { ...focusable, ...placeholder, initial_date: text(10) }),
  timepicker: object({}, { ...focusable, ...placeholder, initial_time: text(5), timezone: text(255) }),
  datetimepicker: object({}, { ...focusable, initial_date_time: integer(0, 9_999_999_999) }),
}

const choices: Record<string, Rule> = {
  checkboxes: object(
    { options: list(anyOption, { max: 10 }) },
    { ...focusable, initial_options: list(anyOption, { max: 10 }) },
  ),
  radio_buttons: object({ options: list(anyOption, { max: 10 }) }, { ...focusable, initial_option: anyOption }),
}

const richTextInput = object({}, { ...typing, initial_value: anything, min_lines: anything, max_lines: anything })

export const imageElement = both(anyField('image_url', 'slack_file'), object({ alt_text: text(2_000) }, imageSource))

const workflowButton = object(
  { text: plainText(75), workflow: anything },
  { ...confirmable, style: colour, accessibility_label: text(75) },
)

export const actionElements: Record<string, Rule> = {
  button,
  overflow: object({ options: list(plainOption, { max: 5 }) }, confirmable),
  workflow_button: workflowButton,
  rich_text_input: richTextInput,
  ...selects,
  ...pickers,
  ...choices,
}

export const accessories: Record<string, Rule> = { ...actionElements, image: imageElement }

const numberInput = { initial_value: text(255), min_value: text(255), max_value: text(255) }

export const inputElements: Record<string, Rule> = {
  ...selects,
  ...pickers,
  ...choices,
  plain_text_input: object(
    {},
    {
      ...typing,
      initial_value: text(3_000, 0),
      multiline: flag,
      min_length: integer(0, 3_000),
      max_length: integer(1, 3_000),
    },
  ),
  email_text_input: object({}, { ...typing, initial_value: text(3_000, 0) }),
  url_text_input: object({}, { ...typing, initial_value: text(3_000, 0) }),
  number_input: object({ is_decimal_allowed: flag }, { ...typing, ...numberInput }),
  file_input: object({}, { ...action, filetypes: ids, max_files: integer(1, 10) }),
  rich_text_input: richTextInput,
}

const feedbackButton = object({ text: plainText(75), value: text(2_000) }, { accessibility_label: text(75) })

export const contextActionElements: Record<string, Rule> = {
  feedback_buttons: object({ positive_button: feedbackButton, negative_button: feedbackButton }, action),
  icon_button: object(
    { icon: text(255), text: plainText(75) },
    { ...confirmable, value: text(2_000), accessibility_label: text(75), visible_to_user_ids: ids },
  ),
}
