import { type Actor, type Change, clientActor } from './change.ts'
import { changing, end, type Patch, recorded } from './outcome.ts'
import type { Refusal } from './refusal.ts'
import type { ApprovalRequest, Decision } from './request.ts'

/** What somebody set out to do to a request: a vote, or one of the verbs that no vote is. */
export type Attempt = Decision['verdict'] | 'revoke' | 'break_glass' | 'review'

/** A person as the actor of an audit entry. */
export const personActor = (person: {
  readonly teamId: string
  readonly userId: string
  readonly surface: Decision['surface']
}): Actor => ({
  actor: `slack:${person.teamId}:${person.userId}`,
  source: person.surface === 'slack' ? 'slack' : 'api',
})

/** The change that a person's word makes. @param patch its last decision is the one that was just said. */
export function decided(request: ApprovalRequest, patch: Patch, deadlineMs: number, nowMs: number): Change {
  const decision = patch.decisions?.at(-1)
  if (!decision) throw new Error(`${request.id}: no decision to record`)
  const who = personActor({ ...decision.approver, surface: decision.surface })
  const change = changing(request, patch, 'decision.recorded', who, nowMs, { verdict: decision.verdict })
  const { after } = change.request
  // The outcome has an entry of its own, so that an auditor counts ends without reading bodies; the state is in the first.
  const ending = after.status === 'approved' ? 'request.approved' : 'request.denied'
  const audit = after.outcome ? ([...change.audit, recorded(ending, after, {}, who)] as const) : change.audit
  return { ...change, audit, notAfterMs: deadlineMs }
}

/** By the policy of today it is over: nobody's yes can help, and leaving it open would only mislead (B25). */
export function endByPolicyChange(
  request: ApprovalRequest,
  status: 'denied' | 'expired',
  reason: string,
  prompted: { readonly by: Actor; readonly verdict: Attempt },
  nowMs: number,
): Change {
  const patch = end(status, { by: 'policy', code: 'policy_changed', reason, atMs: nowMs })
  const policy: Actor = { actor: 'policy', source: 'system' }
  return changing(request, patch, `request.${status}`, policy, nowMs, {
    prompted_by: prompted.by.actor,
    verdict: prompted.verdict,
  })
}

/** A refused attempt as evidence: who tried what, and why it did not count. */
export function refusedDecision(
  request: ApprovalRequest,
  said: { readonly verdict: Attempt; readonly surface: Decision['surface']; readonly digestShown: string | null },
  who: Actor,
  refusal: Refusal,
  nowMs: number,
): Change {
  const shown = said.digestShown === null ? {} : { digest_shown: said.digestShown }
  return {
    atMs: nowMs,
    audit: [
      {
        type: 'decision.refused',
        actor: who.actor,
        source: who.source,
        requestId: request.id,
        body: { verdict: said.verdict, surface: said.surface, ...shown, code: refusal.refused },
      },
    ],
  }
}

/** Something that somebody reached for and that is not hers to order. */
export interface RefusedOrder {
  readonly order: 'pause' | 'resume' | 'delegate' | 'end_delegation'
  /** Of a delegation: Slack ids of the two whom it is about. */
  readonly from?: string
  readonly to?: string
}

/** A refused order as evidence. */
export function refusedOrder({ order, from, to }: RefusedOrder, who: Actor, refusal: Refusal, nowMs: number): Change {
  const about = from === undefined || to === undefined ? {} : { from, to }
  const { actor, source } = who
  const body = { order, ...about, code: refusal.refused }
  return { atMs: nowMs, audit: [{ type: 'admin.refused', actor, source, requestId: null, body }] }
}

/** An ask that was turned away before there was a request, as evidence: a stolen key begins by trying what it may. */
export function refusedAsk(client: ById, action: string, refusal: Refusal, nowMs: number): Change {
  const { actor, source } = clientActor(client)
  const body = { client: client.id, action, code: refusal.refused, pointer: refusal.pointer ?? null }
  return { atMs: nowMs, audit: [{ type: 'admin.ask_refused', actor, source, requestId: null, body }] }
}

type ById = { readonly id: string }
