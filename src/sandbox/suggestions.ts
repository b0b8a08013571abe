import { SHOWN } from './choices.ts'
import { type Placed, statefulIn } from './elements.ts'
import type { Offered } from './inputs.ts'
import { interact } from './interact.ts'
import { isObject, type Json, type JsonObject, objectsOf, textOf } from './json.ts'
import { blockSuggestion, type Where } from './payloads.ts'
import type { Platform } from './platform.ts'
import type { DeliveryResult, Filled } from './types.ts'
import { valuesIn } from './values.ts'

const MOST_OPTIONS = 100
const EXTERNAL = /external_select$/

/** Somebody types into an external select: the app is asked what it offers. Throws where there is no such element. */
export async function suggest(
  platform: Platform,
  userId: string,
  where: Where,
  on: { actionId: string; blockId?: string; typed: string },
): Promise<DeliveryResult> {
  const blocks = 'view' in where ? where.view.blocks : where.at.blocks
  const placed = statefulIn(blocks).find(
    ({ block, element }) =>
      EXTERNAL.test(textOf(element.type)) &&
      element.action_id === on.actionId &&
      (on.blockId === undefined || block.block_id === on.blockId),
  )
  if (!placed) throw new Error(`there is no external select ${on.actionId}`)
  return ask(platform, userId, where, placed, on.typed)
}

/**
 * What may be chosen in an external select: what this person was shown, else what the app answers to the value itself,
 * as if it had been typed. Other elements have their own options.
 */
export async function offeredFor(
  platform: Platform,
  userId: string,
  where: Where,
  placed: Placed,
  filled: Filled,
): Promise<Offered> {
  if (!EXTERNAL.test(textOf(placed.element.type))) return undefined
  const at = keyOf(userId, where, placed)
  const found = (value: string) => platform.offers.shown(at, value)
  for (const value of valuesIn(filled, found)) if (!found(value)) await ask(platform, userId, where, placed, value)
  return valuesIn(filled, found)
    .map(found)
    .filter((option) => option !== undefined)
}

async function ask(
  platform: Platform,
  userId: string,
  where: Where,
  placed: Placed,
  typed: string,
): Promise<DeliveryResult> {
  const { workspace, offers } = platform
  const { block, element } = placed
  const ids = { actionId: textOf(element.action_id), blockId: textOf(block.block_id) }
  const payload = blockSuggestion(workspace, where, { user: workspace.user(userId), ...ids, typed })
  let isRefused = false
  const result = await interact(
    platform,
    payload,
    () => SHOWN.options,
    ({ body }) => {
      const options = optionsOf(body)
      isRefused = options.length > MOST_OPTIONS
      if (!isRefused) offers.show(keyOf(userId, where, placed), options)
      return isRefused ? [`no more than ${MOST_OPTIONS} options may be answered`] : []
    },
  )
  return isRefused ? { acked: true, ackMs: result.ackMs, error: SHOWN.options } : result
}

function keyOf(userId: string, where: Where, { block, element }: Placed): string {
  const place = 'view' in where ? where.view.id : `${where.channel} ${where.at.ts}`
  return JSON.stringify([userId, place, block.block_id ?? '', element.action_id ?? ''])
}

function optionsOf(body: Json | undefined): readonly JsonObject[] {
  if (!isObject(body)) return []
  return [...objectsOf(body.options), ...objectsOf(body.option_groups).flatMap((group) => objectsOf(group.options))]
}
