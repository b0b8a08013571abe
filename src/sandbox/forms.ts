import { SHOWN } from './choices.ts'
import { statefulIn } from './elements.ts'
import { filledState, type Offered } from './inputs.ts'
import { interact } from './interact.ts'
import { type JsonObject, textOf } from './json.ts'
import { viewClosed, viewSubmission } from './payloads.ts'
import type { Platform } from './platform.ts'
import { afterSubmit } from './submission.ts'
import { offeredFor } from './suggestions.ts'
import type { DeliveryResult, Filled, View } from './types.ts'
import { unsendable } from './unsendable.ts'

/** values[block_id][action_id] */
export type Typed = Record<string, Record<string, Filled>>
export type SubmitResult = DeliveryResult & { errors?: Record<string, string> }

/** Fills a modal in and sends it. Throws where the view has no such input or cannot be sent. */
export async function submit(platform: Platform, userId: string, open: View, typed: Typed): Promise<SubmitResult> {
  const { views, workspace, triggers } = platform
  if (open !== views.stack(userId).at(-1)) throw new Error(`view ${open.id} is not the topmost modal of ${userId}`)
  if (!open.submit) throw new Error(`view ${open.id} has no submit button`)
  const offers = await offersFor(platform, userId, open, typed)
  const state = filledState(open, typed, (blockId, actionId) => offers.get(`${blockId} ${actionId}`))
  const missing = unsendable(open, state)
  if (Object.keys(missing).length > 0) return { acked: false, ackMs: 0, error: SHOWN.required, errors: missing }
  const view = views.setState(userId, open, state)
  const payload = viewSubmission(workspace, {
    user: workspace.user(userId),
    view,
    triggerId: triggers.issue(userId, true),
    responseUrls: responseUrlsOf(platform, userId, view),
  })
  let shown: Pick<SubmitResult, 'errors' | 'error'> = {}
  const result = await interact(
    platform,
    payload,
    () => SHOWN.modal,
    ({ body }) => {
      const { problems = [], ...seen } = afterSubmit(views, userId, view, body)
      shown = seen
      return problems
    },
  )
  return { ...result, ...shown }
}

/** Closes a modal, or all of them where this one clears; tells the app of those that asked for it. */
export async function close(platform: Platform, userId: string, top: View): Promise<DeliveryResult | null> {
  const { views, workspace, watch } = platform
  const gone = views.close(userId, top.clear_on_close ? 'all' : top.id)
  watch.changed()
  const results: DeliveryResult[] = []
  for (const view of gone.filter((each) => each.notify_on_close)) {
    const payload = viewClosed(workspace, workspace.user(userId), view, top.clear_on_close)
    results.push(await interact(platform, payload, () => SHOWN.modal))
  }
  return results[0] ?? null
}

async function offersFor(platform: Platform, userId: string, view: View, typed: Typed): Promise<Map<string, Offered>> {
  const offers = new Map<string, Offered>()
  for (const placed of statefulIn(view.blocks)) {
    const [blockId, actionId] = [textOf(placed.block.block_id), textOf(placed.element.action_id)]
    const filled = typed[blockId]?.[actionId]
    if (filled !== undefined)
      offers.set(`${blockId} ${actionId}`, await offeredFor(platform, userId, { view }, placed, filled))
  }
  return offers
}

/** Of conversations chosen in a select that asked for one, in an input. */
function responseUrlsOf({ responseUrls, url }: Platform, userId: string, view: View): readonly JsonObject[] {
  return statefulIn(view.blocks).flatMap(({ block, element }) => {
    if (block.type !== 'input' || element.response_url_enabled !== true) return []
    const [block_id, action_id] = [textOf(block.block_id), textOf(element.action_id)]
    const held = view.state.values[block_id]?.[action_id]
    const channel_id = textOf(held?.selected_conversation) || textOf(held?.selected_channel)
    if (channel_id === '') return []
    const response_url = url() + responseUrls.issue('app', { userId, channel: channel_id })
    return [{ block_id, action_id, channel_id, response_url }]
  })
}
