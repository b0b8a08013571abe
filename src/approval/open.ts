import type { Json } from '../audit/canonical.ts'
import type { NewAuditEntry } from '../audit/entry.ts'
import { type Actor, type Change, clientActor, type Evaluated } from './change.ts'
import type { Digest } from './digest.ts'
import { advance, approve, end, recorded } from './outcome.ts'
import { type Client, closure, emailIdentity, type Identity, type People, slackIdentity } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, Ask } from './request.ts'
import { fulfilled, type Requirement } from './requirement.ts'

export interface Opening {
  readonly id: string
  readonly client: Client
  /** Already masked. */
  readonly ask: Ask
  /** Over the unmasked payload. */
  readonly payloadDigest: Digest
  readonly evaluated: Evaluated
  readonly people: People
  readonly nowMs: number
  readonly idempotency?: { readonly key: string; readonly bodyDigest: string } | undefined
}

/**
 * Opens a request. What the policy allows or denies by itself ends in the same change: the ask is evidence either way.
 */
// The members of `opened` stand in alphabetical order, which is the order its canonical text wants.
export function open(opening: Opening): Change | Refusal {
  const { client, ask, evaluated, nowMs } = opening
  const behind = standBehind(client, ask, opening.people)
  if ('refused' in behind) return behind
  if (evaluated.effect === 'require_approval' && !canBeFilled(evaluated.requirements, behind, opening.people)) {
    return refuse('no_eligible_approver', 'nobody but those behind the ask could fill what the policy requires')
  }
  const opened: ApprovalRequest = {
    ask,
    client: { id: client.id, name: client.name },
    closure: [...behind].sort(),
    completed: null,
    consumed: null,
    createdAtMs: nowMs,
    decisions: [],
    execution: 'none',
    expiresAtMs: nowMs + Math.min(evaluated.ttlMs, seconds(ask.ttl_seconds)),
    grantExpiresAtMs: null,
    id: opening.id,
    outcome: null,
    payloadDigest: opening.payloadDigest,
    policy: pin(evaluated, ask),
    status: 'pending',
    version: 1,
  }
  const who = clientActor(client)
  const asked: NewAuditEntry = {
    type: 'request.opened',
    actor: who.actor,
    source: who.source,
    requestId: opened.id,
    body: { request: opened as unknown as Json },
  }
  const ruled = ruleByPolicy(opened, nowMs)
  return {
    atMs: nowMs,
    audit: ruled ? [asked, ruled.entry] : [asked],
    request: { before: null, after: ruled?.after ?? opened },
    ...(opening.idempotency ? { idempotency: opening.idempotency } : {}),
    outbox: ruled
      ? []
      : opened.policy.channels.map((channel) => ({ kind: 'announce', requestId: opened.id, channel }) as const),
  }
}

const POLICY: Actor = { actor: 'policy', source: 'system' }

/** The end that the policy gives by itself, or null where people are asked. An effect nobody knows is a deny. */
function ruleByPolicy(opened: ApprovalRequest, nowMs: number): { after: ApprovalRequest; entry: NewAuditEntry } | null {
  const { effect } = opened.policy
  if (effect === 'require_approval') return null
  if (effect === 'allow') {
    const patch = approve(opened, 'policy', nowMs)
    const after = advance(opened, patch)
    return { after, entry: recorded('request.approved', after, patch, POLICY) }
  }
  const code = opened.policy.rules.length === 0 ? 'no_rule_matched' : 'denied_by_policy'
  const reason =
    opened.policy.rules.length === 0
      ? 'no rule of the policy matches this ask'
      : `denied by policy (${opened.policy.rules.join(', ')})`
  const patch = end('denied', { by: 'policy', code, reason, atMs: nowMs })
  const after = advance(opened, patch)
  return { after, entry: recorded('request.denied', after, patch, POLICY) }
}

/** Owners, makers and the human it acts for, joined over the people links. */
function standBehind(client: Client, ask: Ask, people: People): ReadonlySet<Identity> | Refusal {
  const identities: Identity[] = [...client.owners.map(slackIdentity), ...client.makers]
  const human = ask.requester?.on_behalf_of
  if (human) {
    if (!client.actFor) return refuse('act_for_not_allowed', 'this client may not act on behalf of anybody')
    const identity = 'email' in human ? emailIdentity(human.email) : slackIdentity(human.slack_user_id)
    if (!identity) return refuse('requester_unresolved', 'on_behalf_of names nobody who could be told apart')
    identities.push(identity)
  }
  return closure(identities, people)
}

/**
 * Could the seats be filled at all, as far as fixed lists tell? Slack groups are not read here: Slack is never on the
 * ask's path, and whoever is in them is read at the click.
 */
function canBeFilled(requirements: readonly Requirement[], behind: ReadonlySet<Identity>, people: People): boolean {
  const listed = requirements.filter((r) => 'users' in r.group)
  if (listed.length === 0) return requirements.length > 0
  const counted: ReadonlySet<Identity>[] = []
  const candidates: { groups: string[] }[] = []
  for (const userId of new Set(listed.flatMap((r) => ('users' in r.group ? r.group.users : [])))) {
    const who = closure([slackIdentity(userId)], people)
    const groups = listed.filter((r) => 'users' in r.group && r.group.users.includes(userId)).map((r) => r.from)
    if ([...who].some((identity) => behind.has(identity))) continue
    const twin = counted.findIndex((known) => [...who].some((identity) => known.has(identity)))
    if (twin >= 0) candidates[twin]?.groups.push(...groups)
    else {
      counted.push(who)
      candidates.push({ groups })
    }
  }
  return fulfilled(listed, candidates)
}

const pin = (evaluated: Evaluated, ask: Ask): ApprovalRequest['policy'] => ({
  channels: evaluated.channels,
  denyCount: evaluated.denyCount,
  digest: evaluated.digest,
  effect: evaluated.effect,
  grantTtlMs: Math.min(evaluated.grantTtlMs, seconds(ask.grant_ttl_seconds)),
  reasonRequired: evaluated.reasonRequired,
  requirements: evaluated.requirements,
  rules: evaluated.rules,
})

/** The asker may shorten, never lengthen: absent is no bound of the asker's. */
const seconds = (value: number | undefined): number => (value === undefined ? Number.POSITIVE_INFINITY : value * 1000)
