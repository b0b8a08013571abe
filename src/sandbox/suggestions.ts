import { SHOWN } from './choices.ts'
import type { Placed } from './elements.ts'
import type { Offered } from './inputs.ts'
import { interact } from './interact.ts'
import { isObject, type Json, type JsonObject, objectsOf, textOf } from './json.ts'
import { blockSuggestion, type Where } from './payloads.ts'
import type { Platform } from './platform.ts'

const MOST_OPTIONS = 100

/** The options of an external select come from the app, asked with what was typed; other elements have their own. */
export async function offeredFor(
  platform: Platform,
  userId: string,
  where: Where,
  placed: Placed,
  choice: string,
): Promise<Offered> {
  const { element, block } = placed
  if (!/external_select$/.test(textOf(element.type))) return undefined
  const at = { actionId: textOf(element.action_id), blockId: textOf(block.block_id) }
  const offered: JsonObject[] = []
  for (const typed of choice === '' ? [] : choice.split(',')) {
    const on = { user: platform.workspace.user(userId), ...at, typed }
    let options: readonly JsonObject[] = []
    const payload = blockSuggestion(platform.workspace, where, on)
    await interact(platform, payload, SHOWN.button, ({ body }) => {
      options = optionsOf(body)
      return options.length > MOST_OPTIONS ? [`no more than ${MOST_OPTIONS} options may be answered`] : []
    })
    if (options.length <= MOST_OPTIONS) offered.push(...options)
  }
  return offered
}

function optionsOf(body: Json | undefined): readonly JsonObject[] {
  if (!isObject(body)) return []
  return [...objectsOf(body.options), ...objectsOf(body.option_groups).flatMap((group) => objectsOf(group.options))]
}
