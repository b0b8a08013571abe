import type { Json } from '../audit/canonical.ts'
import type { NewAuditEntry } from '../audit/entry.ts'
import { type Actor, type Allowance, type Change, clientActor, type Evaluated } from './change.ts'
import type { Digest } from './digest.ts'
import { canBeFilled, type Members, withoutLateJoiners } from './eligible.ts'
import { type Withheld, withheld } from './must-show.ts'
import { advance, approve, end, recorded } from './outcome.ts'
import type { Caller, Identity, People } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, Ask, PinnedPolicy } from './request.ts'
import { allowanceKeys, standBehind } from './requester.ts'

export interface Opening {
  readonly id: string
  readonly client: Caller
  /** Already masked. */
  readonly ask: Ask
  /** Over the unmasked payload. */
  readonly payloadDigest: Digest
  readonly evaluated: Judged
  readonly people: People
  /** Identities that Slack told of the humans behind the ask. */
  readonly found?: readonly Identity[]
  /** Who is in a user group, as far as it is known without asking Slack. */
  readonly members?: Members
  /** What the asker wants masked, as it was sent: `ask.sensitive` is masked itself. */
  readonly sensitive?: readonly string[]
  /** What the policy says of asks whose human nobody can name, and whether this is one; see {@link PinnedPolicy}. */
  readonly unresolved?: PinnedPolicy['unresolved'] | undefined
  readonly nowMs: number
  readonly idempotency?: { readonly key: string; readonly bodyDigest: string } | undefined
}

/** A policy evaluation with what only the opening needs of it. */
interface Judged extends Evaluated {
  /** Rules whose condition could not be evaluated: each is a deny. */
  readonly failed?: readonly string[]
}

/**
 * Opens a request. What the policy allows or denies by itself ends in the same change: the ask is evidence either way.
 */
// The members of `opened` stand in alphabetical order, which is the order its canonical text wants.
export function open(opening: Opening): Change | Refusal {
  const { client, ask, evaluated, nowMs, people, members = () => null } = opening
  const behind = standBehind(client, ask, people, opening.found ?? [])
  if ('refused' in behind) return behind
  const hidden = evaluated.effect === 'deny' ? null : withheld(evaluated.mustShow, ask, opening.sensitive)
  if (hidden) return { ...refuse('must_show', whyNotShown(hidden)), pointer: hidden.pointer }
  const requirements = withoutLateJoiners(evaluated.requirements, evaluated.noLateJoiners, members)
  if ('refused' in requirements) return requirements
  const glass = withoutLateJoiners(given(evaluated.breakGlass), evaluated.noLateJoiners, members)
  if ('refused' in glass) return glass
  if (evaluated.effect === 'require_approval' && !canBeFilled(requirements, behind, people, members)) {
    return refuse('no_eligible_approver', 'nobody but those behind the ask could fill what the policy requires')
  }
  const opened: ApprovalRequest = {
    ask,
    brokenGlass: null,
    client: { id: client.id, name: client.name, verifiedBy: client.verifiedBy },
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
    policy: pin({ ...evaluated, requirements, breakGlass: glass[0] ?? null }, opening),
    status: 'pending',
    version: 1,
  }
  const who = clientActor(client)
  const used = allowancesUsed(opening)
  const ruled = ruleByPolicy(opened, evaluated.failed ?? [], evaluated.onlyNow, nowMs)
  const asked: NewAuditEntry = {
    type: 'request.opened',
    actor: who.actor,
    source: who.source,
    requestId: opened.id,
    body: {
      request: opened as unknown as Json,
      ...(used.length === 0 ? {} : { allowances: used.map(({ rule, key }) => ({ rule, key })) }),
    },
  }
  return {
    atMs: nowMs,
    audit: ruled ? [asked, ruled.entry] : [asked],
    request: { before: null, after: ruled?.after ?? opened },
    ...(opening.idempotency ? { idempotency: opening.idempotency } : {}),
    ...(used.length === 0 ? {} : { allowances: used }),
    ...(evaluated.effect === 'allow' ? { unlessPaused: true } : {}),
    outbox: ruled
      ? []
      : opened.policy.channels.map((channel) => ({ kind: 'announce', requestId: opened.id, channel }) as const),
  }
}

const POLICY: Actor = { actor: 'policy', source: 'system' }

/** The end that the policy gives by itself, or null where people are asked. An effect nobody knows is a deny. */
function ruleByPolicy(
  opened: ApprovalRequest,
  failed: readonly string[],
  onlyNow: boolean,
  nowMs: number,
): { after: ApprovalRequest; entry: NewAuditEntry } | null {
  const { effect } = opened.policy
  if (effect === 'require_approval') return null
  if (effect === 'allow') {
    const patch = approve(opened, 'policy', nowMs)
    const after = advance(opened, patch)
    return { after, entry: recorded('request.approved', after, patch, POLICY) }
  }
  const { code, reason } = whyDenied(opened.policy.rules, failed, onlyNow)
  const patch = end('denied', { by: 'policy', code, reason, atMs: nowMs })
  const after = advance(opened, patch)
  return { after, entry: recorded('request.denied', after, patch, POLICY) }
}

function whyDenied(rules: readonly string[], failed: readonly string[], onlyNow: boolean) {
  if (failed.length > 0) {
    return { code: 'policy_error', reason: `denied, for the condition of ${failed.join(', ')} could not be judged` }
  }
  if (rules.length === 0) return { code: 'no_rule_matched', reason: 'no rule of the policy matches this ask' }
  return { code: 'denied_by_policy', reason: `denied by policy (${rules.join(', ')})${onlyNow ? ' at this time' : ''}` }
}

/** One use each of what the policy allows only so often, by the caller and by each human it speaks for. */
function allowancesUsed({ client, ask, evaluated, people, found = [], nowMs }: Opening): readonly Allowance[] {
  if (evaluated.effect !== 'allow' || evaluated.limits.length === 0) return []
  const keys = allowanceKeys(client, ask, people, found)
  return evaluated.limits.flatMap(({ rule, most, perMs }) =>
    keys.map((key) => ({ rule, key, most, sinceMs: nowMs - perMs })),
  )
}

const given = <T>(value: T | null): readonly T[] => (value === null ? [] : [value])

const whyNotShown = ({ pointer, by }: Withheld): string => {
  const shown = `the policy wants ${JSON.stringify(pointer)} shown`
  return by === 'asker'
    ? `${shown}: it cannot be masked`
    : `${shown}, and it holds what looks like a secret, which would be masked: put the secret elsewhere`
}

const pin = (evaluated: Evaluated, { ask, unresolved }: Opening): PinnedPolicy => ({
  breakGlass: evaluated.breakGlass,
  channels: evaluated.channels,
  denyCount: evaluated.denyCount,
  digest: evaluated.digest,
  effect: evaluated.effect,
  grantTtlMs: Math.min(evaluated.grantTtlMs, seconds(ask.grant_ttl_seconds)),
  reasonRequired: evaluated.reasonRequired,
  requirements: evaluated.requirements,
  rules: evaluated.rules,
  ...(unresolved === undefined ? {} : { unresolved }),
})

/** The asker may shorten, never lengthen: absent is no bound of the asker's. */
const seconds = (value: number | undefined): number => (value === undefined ? Number.POSITIVE_INFINITY : value * 1000)
