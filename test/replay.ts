import type { Delegation } from '../src/approval/delegation.ts'
import type { Pause } from '../src/approval/pause.ts'
import type { Client } from '../src/approval/principal.ts'
import type { ApprovalRequest, Decision } from '../src/approval/request.ts'
import type { AuditEntry } from '../src/audit/entry.ts'

interface Envelope {
  readonly type: string
  readonly request_id: string | null
}

interface Body {
  readonly request?: ApprovalRequest
  readonly version?: number
  readonly set?: Partial<ApprovalRequest>
  readonly allowances?: readonly { readonly rule: string; readonly key: string }[]
  readonly delegation?: Delegation
  readonly client?: LoggedClient
  readonly after?: LoggedClient
}

/** A client as the log tells of it: without the hashes of its secrets. */
export type LoggedClient = Omit<Client, 'secretHash' | 'previous'> & {
  readonly previous: { readonly untilMs: number } | null
}

/** A use of a limited allow rule. */
interface Use {
  readonly rule: string
  readonly key: string
  readonly atMs: number
  readonly requestId: string
}

/** What stands beside the requests. */
export interface Standing {
  readonly clients: ReadonlyMap<string, LoggedClient>
  readonly pause: Pause | null
  readonly delegations: ReadonlyMap<string, Delegation>
  readonly uses: readonly Use[]
}

/**
 * Rebuilds every request from the audit log alone (INV4): `request.opened` holds the request whole, each later entry of it
 * what was set and the version that came of it. What an earlier version wrote is read as this one understands it.
 *
 * @throws Error where a version is skipped, set twice or set on a request that was never opened: evidence is missing.
 */
export function rebuild(entries: Iterable<AuditEntry>): ReadonlyMap<string, ApprovalRequest> {
  const requests = new Map<string, ApprovalRequest>()
  for (const { entry, type, requestId: id, body } of read(entries)) {
    if (id === null) continue
    const known = requests.get(id)
    if (type === 'request.opened') requests.set(id, openedBy(entry.seq, body, known))
    else if (body.set !== undefined) requests.set(id, changedBy(entry.seq, body, known))
  }
  return new Map([...requests].map(([id, request]) => [id, inFull(request)]))
}

/** Rebuilds everything else that the tables hold of facts, from the audit log alone (INV4). */
export function rebuildStanding(entries: Iterable<AuditEntry>): Standing {
  const clients = new Map<string, LoggedClient>()
  const delegations = new Map<string, Delegation>()
  const uses: Use[] = []
  let pause: Pause | null = null
  for (const { entry, type, body } of read(entries)) {
    const client = type.startsWith('client.') ? body.client : type === 'admin.client_updated' ? body.after : undefined
    if (client) clients.set(client.id, clientInFull(client))
    if (body.delegation) delegations.set(body.delegation.id, body.delegation)
    if (type === 'request.opened' && body.request && body.allowances)
      uses.push(...usesOf(body.request, body.allowances))
    if (type === 'admin.paused') pause = { ...(JSON.parse(entry.body ?? '{}') as Pause) }
    if (type === 'admin.resumed') pause = null
  }
  return { clients, pause, delegations, uses }
}

function* read(entries: Iterable<AuditEntry>) {
  for (const entry of entries) {
    const { type, request_id: requestId } = JSON.parse(entry.envelope) as Envelope
    if (entry.body === null) throw new Error(`entry ${entry.seq} has no body any more: nothing can be rebuilt from it`)
    yield { entry, type, requestId, body: JSON.parse(entry.body) as Body }
  }
}

function openedBy(seq: number, body: Body, known: ApprovalRequest | undefined): ApprovalRequest {
  if (known || !body.request) throw new Error(`entry ${seq} opens a request that is there already, or none`)
  return body.request
}

function changedBy(seq: number, { set, version }: Body, known: ApprovalRequest | undefined): ApprovalRequest {
  if (!known || version === undefined) throw new Error(`entry ${seq} changes a request that was never opened`)
  // The entry of an outcome stands beside that of the decision which brought it: same version, nothing more set.
  const isEnding = version === known.version && Object.keys(set ?? {}).length === 0
  if (!isEnding && version !== known.version + 1) {
    throw new Error(`entry ${seq} makes version ${version} of ${known.id}, but the log holds version ${known.version}`)
  }
  return { ...known, ...set, version }
}

const usesOf = ({ id, createdAtMs }: ApprovalRequest, used: NonNullable<Body['allowances']>): Use[] =>
  used.map(({ rule, key }) => ({ rule, key, atMs: createdAtMs, requestId: id }))

/** What entries of versions before break-glass, tokens and delegation do not say: there was none of it. */
const inFull = (request: ApprovalRequest): ApprovalRequest => ({
  ...request,
  client: { ...request.client, verifiedBy: request.client.verifiedBy ?? 'client_key' },
  policy: { ...request.policy, breakGlass: request.policy.breakGlass ?? null },
  decisions: request.decisions.map(
    (said): Decision => ({
      ...said,
      delegatedBy: said.delegatedBy ?? null,
      delegatorIdentities: said.delegatorIdentities ?? [],
    }),
  ),
  brokenGlass: request.brokenGlass ?? null,
})

const clientInFull = (client: LoggedClient): LoggedClient => ({
  ...client,
  actions: client.actions ?? null,
  environments: client.environments ?? null,
  ipRanges: client.ipRanges ?? [],
  previous: client.previous ?? null,
  expiresAtMs: client.expiresAtMs ?? null,
})
