import { ApiError } from './api-error.ts'
import { SHOWN } from './choices.ts'
import { isObject, type Json, objectsOf, textOf } from './json.ts'
import { slashCommand } from './payloads.ts'
import type { Platform } from './platform.ts'
import { responseDraft } from './response-urls.ts'
import { tell } from './speech.ts'
import { escaped } from './typed-text.ts'
import type { DeliveryResult, EphemeralMessage } from './types.ts'

export type CommandResult = DeliveryResult & { reply?: EphemeralMessage }

/** A slash command. Where the app declares its commands, Slack knows no others. */
export async function runCommand(
  platform: Platform,
  userId: string,
  line: { name: string; text: string; channel: string },
): Promise<CommandResult> {
  const { workspace, triggers, responseUrls, deliveries, watch, url } = platform
  const { name, channel } = line
  const declared = workspace.commands.find(({ command }) => command === name)
  if (!declared && workspace.commands.length > 0) return { acked: false, ackMs: 0, error: SHOWN.noCommand(name) }
  const fields = slashCommand(workspace, {
    user: workspace.user(userId),
    channel,
    command: name,
    text: (declared?.should_escape ?? true) ? escaped(workspace, line.text, 'command') : line.text,
    responseUrl: url() + responseUrls.issue('commands', { userId, channel }),
    triggerId: triggers.issue(userId, false),
  })
  const told: { reply?: EphemeralMessage; error?: string } = {}
  const result = await deliveries.one('slash_commands', fields, ({ body }) => {
    try {
      const reply = show(platform, userId, channel, body)
      if (reply) told.reply = reply
      return []
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      told.error = SHOWN.command(name, 'invalid_command_response')
      return [error.error, ...error.problems]
    }
  })
  watch.changed()
  return result.acked ? { ...result, ...told } : { ...result, error: SHOWN.command(name, failure(result)) }
}

/** The body of the acknowledgement, shown to the person or to the channel. */
function show(
  platform: Platform,
  userId: string,
  channel: string,
  body: Json | undefined,
): EphemeralMessage | undefined {
  const { workspace } = platform
  const answer = typeof body === 'string' ? { text: body } : body
  if (!isObject(answer) || (textOf(answer.text) === '' && !objectsOf(answer.blocks).length)) return undefined
  const draft = responseDraft(answer)
  if (answer.response_type !== 'in_channel') return workspace.whisper(userId, channel, draft)
  void tell(platform, workspace.post(channel, draft))
  return undefined
}

function failure({ error }: DeliveryResult): string {
  return error === 'operation_timeout' ? 'operation_timeout' : 'dispatch_failed'
}
