import { actionOn, forgedClick } from './actions.ts'
import { SHOWN } from './choices.ts'
import { actingElement, actionIds, type Placed, valueKey } from './elements.ts'
import { withChoice } from './inputs.ts'
import { interact } from './interact.ts'
import { type JsonObject, textOf } from './json.ts'
import { blockActions, type Where } from './payloads.ts'
import type { Platform } from './platform.ts'
import { offeredFor } from './suggestions.ts'
import type { Use } from './surface.ts'
import type { DeliveryResult, Filled } from './types.ts'

/** Somebody uses an element of a message, a modal or Home. Throws where there is no such element. */
export async function click(
  platform: Platform,
  userId: string,
  where: Where,
  actionId: string,
  how: Use & { overrideValue?: string },
): Promise<DeliveryResult> {
  const { workspace, triggers, responseUrls, chosen, url } = platform
  const placed = actingElement(blocksOf(where), actionId, how.blockId)
  const action =
    how.overrideValue === undefined
      ? await honest(platform, userId, where, { placed, actionId, choice: how.choice })
      : forged(placed, actionId, how.overrideValue)
  const now = placed ? keep(platform, userId, where, placed, action) : where
  const inModal = 'view' in where && where.view.type === 'modal'
  const on = { user: workspace.user(userId), triggerId: triggers.issue(userId, inModal), action }
  if ('view' in now) return interact(platform, blockActions(workspace, now, on), SHOWN.button)
  const { at, channel, ephemeral } = now
  const origin = ephemeral ? { ephemeralTs: at.ts } : { messageTs: at.ts }
  const responseUrl = url() + responseUrls.issue('actions', { userId, channel, ...origin })
  const inMessage = { responseUrl, values: chosen.of(userId, at) }
  return interact(platform, blockActions(workspace, now, { ...on, inMessage }), SHOWN.button)
}

async function honest(
  platform: Platform,
  userId: string,
  where: Where,
  on: { placed: Placed | undefined; actionId: string; choice: Filled | undefined },
): Promise<JsonObject> {
  const there = 'view' in where ? `view ${where.view.id}` : `message ${where.at.ts}`
  if (!on.placed)
    throw new Error(`no button ${on.actionId} in ${there}; to use there are: ${actionIds(blocksOf(where))}`)
  const offered = await offeredFor(platform, userId, where, on.placed, on.choice ?? '')
  return actionOn(on.placed, on.choice, offered)
}

function forged(placed: Placed | undefined, actionId: string, value: string): JsonObject {
  return placed ? { ...actionOn(placed, undefined, undefined), value } : forgedClick(actionId, value)
}

/** What was chosen stays chosen: the state that Slack sends from now on has it. */
function keep(platform: Platform, userId: string, where: Where, { element }: Placed, action: JsonObject): Where {
  const type = textOf(element.type)
  const key = valueKey(type)
  if (key === undefined) return where
  const held = { type, [key]: action[key] }
  if (!('view' in where)) {
    platform.chosen.choose(userId, where.at, action, held)
    return where
  }
  const values = withChoice(where.view.state.values, textOf(action.block_id), textOf(action.action_id), held)
  return { view: platform.views.setState(userId, where.view, { values }) }
}

function blocksOf(where: Where): readonly JsonObject[] {
  return 'view' in where ? where.view.blocks : where.at.blocks
}
