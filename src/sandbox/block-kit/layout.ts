import { anyText, imageSource, mrkdwn, plainText } from './composition.ts'
import { accessories, actionElements, contextActionElements, imageElement, inputElements } from './elements.ts'
import { richTextElements } from './rich-text.ts'
import { anyField, anything, both, flag, integer, list, object, oneOf, type Rule, text, typed } from './schema.ts'

const named = { block_id: text(255, 0) }

const section = both(
  anyField('text', 'fields'),
  object(
    {},
    {
      ...named,
      text: anyText(3_000),
      fields: list(anyText(2_000), { max: 10 }),
      accessory: typed(accessories),
      expand: flag,
    },
  ),
)

const contextElements: Record<string, Rule> = {
  image: imageElement,
  plain_text: anyText(3_000),
  mrkdwn: anyText(3_000),
}

const image = both(
  anyField('image_url', 'slack_file'),
  object({ alt_text: text(2_000) }, { ...named, ...imageSource, title: plainText(2_000) }),
)

const input = object(
  { label: plainText(2_000), element: typed(inputElements) },
  { ...named, hint: plainText(2_000), optional: flag, dispatch_action: flag },
)

const richText = object({ elements: richTextElements }, named)

const cell = typed({
  raw_text: object({ text: text(10_000, 0) }),
  raw_number: object({ value: anything, text: text(10_000) }),
  rich_text: richText,
})

const column = object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag })
const table = object(
  { rows: list(list(cell, { min: 0, max: 20 }), { max: 100 }) },
  { ...named, column_settings: list(column, { min: 0, max: 20 }) },
)
const dataTable = object(
  { rows: list(list(cell, { min: 0, max: 20 }), { max: 1_000 }), caption: text(3_000) },
  { ...named, page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
)

const video = object(
  { video_url: text(3_000), thumbnail_url: text(3_000), alt_text: text(2_000), title: plainText(200) },
  {
    ...named,
    title_url: text(3_000),
    author_name: text(50),
    provider_name: text(255),
    provider_icon_url: text(3_000),
    description: plainText(200),
  },
)

const card = object(
  {},
  {
    ...named,
    hero_image: anything,
    icon: anything,
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(typed(actionElements), { max: 25 }),
  },
)

const taskCard = object(
  { task_id: text(255), title: text(255), status: oneOf('pending', 'in_progress', 'complete', 'error') },
  { ...named, details: anything, output: anything, sources: anything },
)

/** Blocks that may stand in a container, and everywhere else. */
const simple: Record<string, Rule> = {
  section,
  header: object({ text: plainText(150) }, named),
  divider: object({}, named),
  context: object({ elements: list(typed(contextElements), { max: 10 }) }, named),
  actions: object({ elements: list(typed(actionElements), { max: 25 }) }, named),
  image,
  input,
  rich_text: richText,
  video,
}

const container = object(
  { child_blocks: list(typed({ ...simple, table }), { max: 10 }) },
  {
    ...named,
    title: plainText(150),
    rich_text_title: anything,
    subtitle: anyText(150),
    width: oneOf('narrow', 'standard', 'wide', 'full'),
    icon: anything,
    is_collapsible: flag,
    default_collapsed: flag,
    has_header_divider: flag,
  },
)

const everywhere: Record<string, Rule> = {
  ...simple,
  card,
  carousel: object({ elements: list(typed({ card }), { max: 10 }) }, named),
  container,
  data_table: dataTable,
}

export const inMessages: Record<string, Rule> = {
  ...everywhere,
  context_actions: object({ elements: list(typed(contextActionElements), { max: 5 }) }, named),
  markdown: object({ text: text(12_000) }, named),
  table,
  task_card: taskCard,
  plan: object({ title: text(255) }, { ...named, tasks: anything }),
}

const levels = oneOf('default', 'info', 'warning', 'error', 'success')
export const inModals: Record<string, Rule> = {
  ...everywhere,
  alert: object({ text: anyText(200) }, { ...named, level: levels }),
}

export const inHome = everywhere
