import { ApiError } from '../api-error.ts'
import { checkedView } from '../blocks.ts'
import type { JsonObject } from '../json.ts'
import { viewObject } from '../payloads.ts'
import type { Call } from '../platform.ts'

export function open(call: Call): JsonObject {
  return show(call, 'open')
}

export function push(call: Call): JsonObject {
  return show(call, 'push')
}

/** Only a view that is really shown uses the trigger up. */
function show(call: Call, how: 'open' | 'push'): JsonObject {
  const { views, triggers } = call.platform
  const trigger = triggers.check(call.args.required('trigger_id'))
  const draft = checkedView(call.args.json('view'), 'modal')
  const view = how === 'open' ? views.open(trigger.userId, draft, trigger.inModal) : views.push(trigger.userId, draft)
  trigger.used = true
  return { view: viewObject(view) }
}

export function update(call: Call): JsonObject {
  const { args, platform } = call
  const viewId = args.text('view_id')
  const externalId = args.text('external_id')
  const key = viewId !== undefined ? { viewId } : { externalId: externalId ?? args.required('view_id') }
  const draft = checkedView(args.json('view'), 'modal')
  return { view: viewObject(platform.views.update(key, draft, args.text('hash'))) }
}

export function publish(call: Call): JsonObject {
  const { args, platform, workspace } = call
  const userId = args.required('user_id')
  if (!workspace.users.has(userId)) throw new ApiError('user_not_found')
  const draft = checkedView(args.json('view'), 'home')
  return { view: viewObject(platform.views.publish(userId, draft, args.text('hash'))) }
}
