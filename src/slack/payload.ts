/**
 * What Slack sent, read once and narrowly: only fields that Slack itself vouches for. Names, titles and the message's own
 * text are never read, since whoever asks could have written them. A field that is not as it should be is absent, so
 * that a malformed payload ends at a refusal, never at an exception half way.
 */
export type Arrival = Click | Submission | CommandLine | Event | Foreign

interface Interaction {
  readonly origin: Origin
  readonly userId: string
  /** Only within the three seconds after the person acted (Slack's rule). */
  readonly triggerId: string | null
}

export interface Click extends Interaction {
  readonly kind: 'click'
  /** Null where the payload does not hold exactly one action with an id. */
  readonly actionId: string | null
  readonly value: string
  /** The message that was clicked in; null in a modal or Home. */
  readonly message: { readonly channel: string; readonly ts: string; readonly isEphemeral: boolean } | null
  readonly view: OpenView | null
  readonly responseUrl: string | null
}

export interface Submission extends Interaction {
  readonly kind: 'submission'
  readonly view: OpenView
}

export interface CommandLine extends Interaction {
  readonly kind: 'command'
  readonly command: string
  readonly text: string
  readonly channel: string
  readonly responseUrl: string | null
}

export interface Event {
  readonly kind: 'event'
  readonly origin: Origin
  readonly eventId: string | null
  readonly type: string
  readonly event: Fields
}

/** Shortcuts, option lists, closed modals, and whatever Slack invents next: nothing of ours asks for them. */
interface Foreign extends Interaction {
  readonly kind: 'other'
  readonly type: string
  readonly responseUrl: string | null
}

/** The installation and the person's home, as the envelope names them. */
export interface Origin {
  readonly appId: string | null
  /** Every workspace that the envelope names. */
  readonly teams: readonly string[]
  readonly enterpriseId: string | null
}

interface OpenView {
  readonly id: string
  readonly type: string
  readonly callbackId: string
  readonly privateMetadata: string
  readonly hash: string
  readonly rootId: string
  /** What was typed: `typed(block, action)`, empty where nothing was. */
  readonly typed: (blockId: string, actionId: string) => string
  /** The values of the boxes that were ticked. */
  readonly ticked: (blockId: string, actionId: string) => readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** @param body of a request that Bolt has verified, or of a Socket Mode envelope. */
export function readPayload(body: unknown): Arrival {
  const fields = record(body)
  if (fields['type'] === 'event_callback') return readEvent(fields)
  if (typeof fields['command'] === 'string') return readCommand(fields)
  const interaction = {
    origin: originOf(fields),
    userId: text(record(fields['user'])['id']),
    triggerId: textOrNull(fields['trigger_id']),
  }
  const view = fields['view'] === undefined || fields['view'] === null ? null : readView(record(fields['view']))
  if (fields['type'] === 'view_submission' && view) return { kind: 'submission', ...interaction, view }
  const responseUrl = textOrNull(fields['response_url'])
  if (fields['type'] !== 'block_actions')
    return { kind: 'other', type: text(fields['type']), ...interaction, responseUrl }
  const actions = Array.isArray(fields['actions']) ? fields['actions'] : []
  const action = actions.length === 1 ? record(actions[0]) : {}
  return {
    kind: 'click',
    ...interaction,
    actionId: textOrNull(action['action_id']),
    value: text(action['value']),
    message: readPlace(record(fields['container'])),
    view,
    responseUrl,
  }
}

function readEvent(fields: Fields): Event {
  const event = record(fields['event'])
  const [authorization] = Array.isArray(fields['authorizations']) ? fields['authorizations'] : []
  const installed = record(authorization)
  return {
    kind: 'event',
    origin: {
      appId: textOrNull(fields['api_app_id']),
      // `team_id` is where it happened, which a shared channel may put elsewhere; the authorization says whom it is for.
      teams: given(installed['team_id'] ?? fields['team_id']),
      enterpriseId: textOrNull(installed['enterprise_id']),
    },
    eventId: textOrNull(fields['event_id']),
    type: text(event['type']),
    event,
  }
}

function readCommand(fields: Fields): CommandLine {
  return {
    kind: 'command',
    origin: {
      appId: textOrNull(fields['api_app_id']),
      teams: given(fields['team_id']),
      enterpriseId: textOrNull(fields['enterprise_id']),
    },
    userId: text(fields['user_id']),
    triggerId: textOrNull(fields['trigger_id']),
    command: text(fields['command']),
    text: text(fields['text']),
    channel: text(fields['channel_id']),
    responseUrl: textOrNull(fields['response_url']),
  }
}

function originOf(fields: Fields): Origin {
  const team = record(fields['team'])
  return {
    appId: textOrNull(fields['api_app_id']),
    teams: given(team['id'], record(fields['user'])['team_id'], record(fields['view'])['app_installed_team_id']),
    enterpriseId: textOrNull(record(fields['enterprise'])['id'] ?? team['enterprise_id']),
  }
}

/** `container` is Slack's word on where it was clicked; `channel` and `message` beside it are copies. */
function readPlace(container: Fields): Click['message'] {
  const channel = text(container['channel_id'])
  const ts = text(container['message_ts'])
  if (container['type'] !== 'message' || channel === '' || ts === '') return null
  return { channel, ts, isEphemeral: container['is_ephemeral'] === true }
}

function readView(view: Fields): OpenView {
  const values = record(record(view['state'])['values'])
  return {
    id: text(view['id']),
    type: text(view['type']),
    callbackId: text(view['callback_id']),
    privateMetadata: text(view['private_metadata']),
    hash: text(view['hash']),
    rootId: text(view['root_view_id']),
    typed: (blockId, actionId) => text(record(record(values[blockId])[actionId])['value']),
    ticked: (blockId, actionId) => {
      const options = record(record(values[blockId])[actionId])['selected_options']
      return Array.isArray(options) ? options.map((option) => text(record(option)['value'])) : []
    },
  }
}

const record = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const given = (...values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '')
