import { SHOWN } from './choices.ts'
import { interact } from './interact.ts'
import { globalShortcut, messageAction } from './payloads.ts'
import type { Platform } from './platform.ts'
import type { DeliveryResult, SandboxMessage, Shortcut } from './types.ts'

export async function useShortcut(platform: Platform, userId: string, callbackId: string): Promise<DeliveryResult> {
  const { workspace, triggers } = platform
  refuseUndeclared(platform, 'global', callbackId)
  const on = { user: workspace.user(userId), callbackId, triggerId: triggers.issue(userId, false) }
  return interact(platform, globalShortcut(workspace, on), SHOWN.button)
}

export async function useMessageShortcut(
  platform: Platform,
  userId: string,
  message: SandboxMessage,
  callbackId: string,
): Promise<DeliveryResult> {
  const { workspace, triggers, responseUrls, url } = platform
  refuseUndeclared(platform, 'message', callbackId)
  const origin = { userId, channel: message.channel, messageTs: message.ts }
  const payload = messageAction(workspace, {
    user: workspace.user(userId),
    callbackId,
    triggerId: triggers.issue(userId, false),
    message,
    responseUrl: url() + responseUrls.issue('app', origin),
  })
  return interact(platform, payload, SHOWN.button)
}

/** Slack's menus offer what the app declares. Where it declares nothing, anything is passed on. */
function refuseUndeclared({ workspace }: Platform, type: Shortcut['type'], callbackId: string): void {
  const { shortcuts } = workspace
  if (shortcuts.length === 0 || shortcuts.some((each) => each.type === type && each.callback_id === callbackId)) return
  throw new Error(`the app declares no ${type} shortcut ${callbackId}`)
}
