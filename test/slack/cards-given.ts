import type { HomeView, KnownBlock } from '@slack/types'
import { breakGlass, signReview } from '../../src/approval/break-glass.ts'
import type { Change, Evaluated, Unchanged } from '../../src/approval/change.ts'
import { decide } from '../../src/approval/decision.ts'
import { shortDigest } from '../../src/approval/digest.ts'
import { open } from '../../src/approval/open.ts'
import type { Member } from '../../src/approval/principal.ts'
import type { Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask, BreakGlassRule, Decision } from '../../src/approval/request.ts'
import type { Requirement } from '../../src/approval/requirement.ts'
import { revoke } from '../../src/approval/revocation.ts'
import type { StandIn } from '../../src/approval/seats.ts'
import { sha256Hex } from '../../src/audit/canonical.ts'
import { type HomeContent, homeView } from '../../src/slack/cards/home.ts'

/** Requests in every state, made by the rules themselves, and what the tests look for in blocks. */

export const T0 = Date.UTC(2026, 10, 20, 10)
export const HOUR = 3_600_000

export const listOf = (from: string, count: number, users: readonly string[]): Requirement => ({
  from,
  count,
  group: { users },
})

const evaluated = (over: Partial<Evaluated>): Evaluated => ({
  digest: `sha256:${'a'.repeat(64)}`,
  effect: 'require_approval',
  rules: ['prod-export'],
  requirements: [
    { from: 'data-owners', count: 2, group: { usergroup: 'S0DATA' } },
    listOf('sre', 1, ['U0CAROL', 'U0DAVE']),
  ],
  denyCount: 1,
  ttlMs: HOUR,
  grantTtlMs: 5 * 60_000,
  channels: ['C0PROD'],
  reasonRequired: [],
  breakGlass: null,
  mustShow: [],
  noLateJoiners: [],
  limits: [],
  onlyNow: false,
  ...over,
})

/** Who may break the glass, as a policy says it. */
export const ON_CALL: BreakGlassRule = {
  from: 'on-call',
  group: { users: ['U0DAVE'] },
  grantTtlMs: 120_000,
  self: false,
}

export function stateOf(answer: Change | Refusal | Unchanged): ApprovalRequest {
  if (!('request' in answer) || !answer.request) throw new Error(`no change: ${JSON.stringify(answer)}`)
  return answer.request.after
}

/** Alice's pipeline asks; two data owners (a Slack group) and one SRE (a list) are needed. */
export function pending(ask: Partial<Ask> = {}, policy: Partial<Evaluated> = {}): ApprovalRequest {
  const whole: Ask = {
    action: 'data.export',
    resource: 's3://partner-bucket/customers.csv',
    environment: 'production',
    params: { rows: 1200, columns: ['id', 'email'] },
    reason: 'quarterly report',
    ...ask,
  }
  const request = stateOf(
    open({
      id: 'req_019b0a',
      client: {
        id: 'cl_alice',
        name: 'nightly export',
        verifiedBy: 'client_key',
        owners: ['U0ALICE'],
        makers: ['slack:U0ADMIN'],
        humans: [],
        scopes: ['request'],
        actFor: true,
        actions: null,
        environments: null,
      },
      ask: { ...whole, requester: undefined },
      // Not the real one: what no digest can be taken of (a lone surrogate) must not break a card either.
      payloadDigest: `sha256:${sha256Hex(JSON.stringify(whole))}`,
      evaluated: evaluated(policy),
      people: [],
      nowMs: T0,
    }),
  )
  return { ...request, ask: whole }
}

const member = (userId: string): Member => ({
  userId,
  teamId: 'T0SANDBOX',
  name: userId.slice(2).toLowerCase(),
  identities: [`slack:${userId}`, `email:${userId.toLowerCase()}@example.com`],
  barred: null,
})

function decided(
  request: ApprovalRequest,
  userId: string,
  verdict: Decision['verdict'],
  reason: string | null,
  group: string | null,
  standIns: readonly StandIn[] = [],
) {
  const said = {
    verdict,
    reason,
    surface: 'slack',
    digestShown: shortDigest(request.payloadDigest),
    member: member(userId),
    groups: group === null ? [] : [group],
    standIns,
    membershipReadAtMs: T0,
    behind: [],
    standing: new Map<string, string[]>(),
  } as const
  const present = { evaluated: evaluated({ requirements: request.policy.requirements }), people: [] }
  return stateOf(decide(request, said, present, T0 + 1))
}

/** Dave says yes for Bob, who is away. */
export const approvedFor = (request: ApprovalRequest, userId: string, absent: string, group: string): ApprovalRequest =>
  decided(request, userId, 'approve', null, null, [
    { absent: member(absent), groups: [group], writtenBy: [], delegation: { id: 'dlg_1', endsAtMs: T0 + 3_600_000 } },
  ])

export const withdrawnBy = (request: ApprovalRequest, userId: string): ApprovalRequest =>
  decided(request, userId, 'withdraw', null, null)

/** Dave, who is on call, goes alone. */
export function broken(reason = 'the region is down and nobody answers', ask: Partial<Ask> = {}): ApprovalRequest {
  const request = pending(ask, { breakGlass: ON_CALL })
  const said = {
    surface: 'slack',
    digestShown: shortDigest(request.payloadDigest),
    member: member('U0DAVE'),
    groups: ['on-call'],
    membershipReadAtMs: T0,
    behind: [],
    reason,
  } as const
  return stateOf(
    breakGlass(request, said, { evaluated: evaluated({ breakGlass: ON_CALL }), people: [] }, 'C0AUDIT', T0 + 1),
  )
}

export function reviewed(note: string): ApprovalRequest {
  const said = {
    surface: 'slack',
    member: member('U0ERIN'),
    groups: ['data-owners'],
    membershipReadAtMs: T0,
    behind: [],
    isAdmin: false,
    note,
  } as const
  return stateOf(signReview(broken(), said, [], T0 + 2))
}

export function revoked(reason: string | null): ApprovalRequest {
  const said = { member: member('U0BOB'), isAdmin: false, surface: 'slack', reason } as const
  return stateOf(revoke(approved(), said, [], T0 + 2))
}

/** A Home of hers: whatever a test is not about is empty. */
export const homeOf = (over: Partial<HomeContent> = {}): HomeView =>
  homeView({
    userId: 'U0BOB',
    waiting: [],
    mine: [],
    reviews: [],
    pause: null,
    delegations: [],
    nowMs: T0,
    more: false,
    ...over,
  })

export const approvedBy = (request: ApprovalRequest, userId: string, group: string): ApprovalRequest =>
  decided(request, userId, 'approve', null, group)

export const approved = (ask: Partial<Ask> = {}): ApprovalRequest =>
  approvedBy(approvedBy(approvedBy(pending(ask), 'U0BOB', 'data-owners'), 'U0ERIN', 'data-owners'), 'U0DAVE', 'sre')

export const denied = (reason: string | null, ask: Partial<Ask> = {}): ApprovalRequest =>
  decided(pending(ask), 'U0BOB', 'deny', reason, 'data-owners')

type Node = { readonly [key: string]: unknown }

/** Every object in a tree. */
export function nodes(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.values(value).flatMap(nodes)
  return Array.isArray(value) ? below : [value as Node, ...below]
}

export const mrkdwn = (value: unknown): string[] =>
  nodes(value).flatMap((node) => (node.type === 'mrkdwn' ? [String(node.text)] : []))

/** All that is not mrkdwn: plain_text and rich text. */
export const literal = (value: unknown): string[] =>
  nodes(value).flatMap((node) => (['plain_text', 'text'].includes(String(node.type)) ? [String(node.text)] : []))

export const buttonsOf = (value: unknown): string[] =>
  nodes(value).flatMap((node) => (node.type === 'button' ? [String(node.action_id)] : []))

/** What people read of a block, top to bottom. */
export const read = (block: KnownBlock): string =>
  nodes(block)
    .flatMap((node) => (typeof node.text === 'string' ? [node.text] : []))
    .join('')

/** What Slack makes of mrkdwn: mentions, links, dates. */
export const entities = (texts: readonly string[]): string[] => texts.flatMap((text) => text.match(/<[^>]*>/g) ?? [])
