import { nameOf } from './people.ts'

/** What the summary reads of a stored entry; whoever tampers may have put anything there. */
export interface Told {
  readonly type: string
  readonly actor: string
  readonly body: string | null
}

type Fields = Readonly<Record<string, unknown>>

/** An entry of the log in plain words. @param clientName of a client's id. */
export function summary(entry: Told, clientName: (id: string) => string): string {
  const who = actorName(entry.actor, clientName)
  const body = fieldsOf(parsed(entry.body))
  const set = fieldsOf(body.set)
  switch (entry.type) {
    case 'request.opened':
      return `${who} asks for ${asked(body)}`
    case 'decision.recorded':
      return decision(set)
    case 'decision.refused':
      return `${who} said ${said(body.verdict)}, and was refused: ${text(body.code)}`
    case 'request.approved':
    case 'request.denied':
    case 'request.cancelled':
      return `${entry.type.slice('request.'.length)} by ${outcomeBy(set, body)}`
    case 'request.expired':
      return 'expired: nobody decided in time'
    case 'grant.consumed':
      return `${who} used the yes, once`
    case 'grant.refused':
      return `${who} could not use the yes: ${text(body.code)}`
    case 'grant.completed':
      return `${who} reported: ${text(fieldsOf(set.completed).status)}`
    case 'policy.loaded':
      return 'the policy came into force'
    case 'client.created':
      return `client ${text(fieldsOf(body.client).name)} made, owned by ${owners(body)}`
    default:
      return entry.type
  }
}

function actorName(actor: string, clientName: (id: string) => string): string {
  const [kind, ...rest] = actor.split(':')
  const id = rest.at(-1) ?? ''
  if (kind === 'slack') return nameOf(id)
  return kind === 'client' ? clientName(id) : actor
}

function asked(body: Fields): string {
  const ask = fieldsOf(fieldsOf(body.request).ask)
  return typeof ask.resource === 'string' ? `${text(ask.action)} on ${ask.resource}` : text(ask.action)
}

/** The decision that was added last. */
function decision(set: Fields): string {
  const { verdict, approver, reason } = fieldsOf(Array.isArray(set.decisions) ? set.decisions.at(-1) : undefined)
  const name = nameOf(text(fieldsOf(approver).userId))
  return `${name} said ${said(verdict)}${typeof reason === 'string' ? `: “${reason}”` : ''}`
}

const said = (verdict: unknown): string => (verdict === 'approve' ? 'yes' : verdict === 'deny' ? 'no' : 'something')

function outcomeBy(set: Fields, body: Fields): string {
  const outcome = fieldsOf(set.outcome ?? body.outcome)
  return outcome.by === 'requester' ? 'the asker' : `the ${outcome.by === 'policy' ? 'policy' : 'people asked'}`
}

const owners = (body: Fields): string => {
  const { owners: ids } = fieldsOf(body.client)
  return Array.isArray(ids) ? ids.map((id) => nameOf(text(id))).join(' and ') : 'nobody'
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '?')
const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json)
  } catch {
    return null
  }
}
