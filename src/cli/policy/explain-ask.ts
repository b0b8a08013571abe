import { readFileSync } from 'node:fs'
import { emailIdentity, slackIdentity } from '../../approval/principal.ts'
import type { ApprovalRequest, Ask } from '../../approval/request.ts'
import type { policyAsCode } from '../../serve.ts'
import { Failure } from '../failure.ts'
import { quoted } from '../times.ts'
import { house } from './read.ts'

export interface AskOptions {
  readonly action?: string
  readonly resource?: string
  readonly environment?: string
  readonly reason?: string
  readonly title?: string
  readonly param?: readonly string[]
  readonly params?: string
  readonly ask?: string
  readonly owner?: readonly string[]
  readonly asClient?: string
  readonly onBehalfOf?: string
  readonly verifiedBy?: string
  readonly at?: string
}

type Client = NonNullable<Awaited<ReturnType<Reads['client']>>>
export type Reads = ReturnType<Awaited<ReturnType<typeof house>>['openForReading']>['reads']
type Requester = {
  readonly client: { readonly id: string; readonly name: string }
  readonly verifiedBy: 'client_key' | 'oidc'
}

/** What is to be explained: an ask, who asks it, and who stands behind it by name. */
export interface Question {
  readonly ask: Ask
  readonly requester: Requester
  readonly behind: readonly policyAsCode.Behind[]
  /** The request that it was, where it is one. */
  readonly request: ApprovalRequest | null
}

/** @throws Failure where what was typed is no ask, or one that would be refused. */
export async function askFrom(
  options: AskOptions,
  policy: policyAsCode.Policy,
  client: Client | null,
): Promise<Question> {
  const { policyAsCode } = await house()
  const read = policyAsCode.askFile.safeParse(written(options), { reportInput: true })
  if (!read.success) {
    const errors = read.error.issues.map(({ path, message, code, ...more }) => {
      const keys = code === 'unrecognized_keys' && 'keys' in more ? ` (${more.keys.join(', ')})` : ''
      return {
        message: `${path.join('.') || 'the ask'} ${code === 'unrecognized_keys' ? 'has unknown fields' : message}${keys}`,
      }
    })
    throw new Failure('ask_invalid', 'that is no ask', { hint: 'Add --help for an example.', errors })
  }
  const ask = policyAsCode.asStored(read.data, policy)
  if ('refused' in ask) throw refused(ask.refused)
  const name = client?.name ?? options.asClient ?? 'a-client'
  const verifiedBy = options.verifiedBy ?? 'client_key'
  if (verifiedBy !== 'client_key' && verifiedBy !== 'oidc') {
    throw new Failure('verified_by_invalid', `${quoted(verifiedBy)} is no way to be verified`, {
      hint: 'Write client_key or oidc.',
    })
  }
  return {
    ask,
    requester: { client: { id: client?.id ?? name, name }, verifiedBy },
    behind: [...ownersOf(options, client), ...humanOf(ask)],
    request: null,
  }
}

/** A request as it is in the database, with whoever was found to stand behind it when it was opened. */
export async function questionOf(request: ApprovalRequest, reads: Reads): Promise<Question> {
  const client = await reads.client(request.client.id)
  const known = [...ownersOf({}, client), ...humanOf(request.ask)]
  const pinned = request.closure.map((identity) => ({ identity, because: 'stood behind it when it was opened' }))
  return {
    ask: request.ask,
    requester: { client: request.client, verifiedBy: request.client.verifiedBy },
    behind: [...known, ...pinned],
    request,
  }
}

const refused = (why: string): Failure =>
  new Failure('ask_refused', `Countersign would refuse this ask: ${why}`, {
    hint: 'The message names the place in the body of POST /v1/requests.',
  })

function ownersOf(options: AskOptions, client: Client | null): policyAsCode.Behind[] {
  const owners = (options.owner ?? []).map((user) => ({
    identity: slackIdentity(slackUser(user)),
    because: 'owns the client',
  }))
  if (!client) return owners
  return [
    ...owners,
    ...client.owners.map((user) => ({ identity: slackIdentity(user), because: `owns the client ${client.name}` })),
    ...client.makers.map((identity) => ({ identity, because: `made the client ${client.name} or a key of it` })),
  ]
}

function humanOf({ requester }: Ask): policyAsCode.Behind[] {
  const human = requester?.on_behalf_of
  if (!human) return []
  const identity = 'email' in human ? emailIdentity(human.email) : slackIdentity(human.slack_user_id)
  return identity ? [{ identity, because: 'is whom it is asked for' }] : []
}

function slackUser(text: string): string {
  if (/^[UW][A-Z0-9]{2,30}$/.test(text)) return text
  const hint = 'In Slack, open the profile, then "…" and "Copy member ID": it looks like U0ALICE.'
  throw new Failure('user_id_invalid', `${quoted(text)} is no Slack user id`, { hint })
}

/** The options as the body of POST /v1/requests; what stands in --ask comes first. */
function written(options: AskOptions): unknown {
  const body = options.ask === undefined ? {} : objectFrom('--ask', options.ask)
  const params = {
    ...objectIn(body, 'params'),
    ...(options.params === undefined ? {} : objectFrom('--params', options.params)),
  }
  for (const pair of options.param ?? []) {
    const at = pair.indexOf('=')
    if (at < 1)
      throw new Failure('param_invalid', `${quoted(pair)} is no parameter`, { hint: 'Write --param name=value.' })
    params[pair.slice(0, at)] = readValue(pair.slice(at + 1))
  }
  const human = options.onBehalfOf
  const requester = objectIn(body, 'requester')
  if (human !== undefined) requester.on_behalf_of = human.includes('@') ? { email: human } : { slack_user_id: human }
  const given = {
    action: options.action,
    resource: options.resource,
    environment: options.environment,
    title: options.title,
    reason: options.reason,
  }
  return {
    ...body,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(Object.keys(requester).length > 0 ? { requester } : {}),
  }
}

/** JSON where it is some (5000, true, [1]), the text itself otherwise. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function objectIn(body: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = body[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** @param path a file, or - for standard input. */
function objectFrom(option: string, path: string): Record<string, unknown> {
  const hint = `${option} takes a file with a JSON object, or - for standard input.`
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new Failure('file_unreadable', `${quoted(path)} cannot be read (${code})`, { hint })
  }
  const value = readValue(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new Failure('json_invalid', `${quoted(path)} holds no JSON object`, { hint })
}
