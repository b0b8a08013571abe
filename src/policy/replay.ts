import { withheld } from '../approval/must-show.ts'
import { closure, emailIdentity, type People, slackIdentity } from '../approval/principal.ts'
import type { ApprovalRequest, Ask } from '../approval/request.ts'
import type { Requirement } from '../approval/requirement.ts'
import { evaluate } from './evaluate.ts'
import type { EffectName, Evaluation, Policy } from './policy.ts'
import { durationWords, seatWords, withheldWords } from './say.ts'

/** An ask of the past that another policy would have answered otherwise. */
export interface Otherwise {
  readonly requestId: string
  readonly atMs: number
  readonly client: string
  readonly action: string
  readonly resource: string | null
  readonly environment: string | null
  readonly was: Answer
  readonly wouldBe: Answer
  /** `terms`: the same people are asked, but for another time, or with other duties. */
  readonly kind: 'decision' | 'terms'
  readonly direction: 'looser' | 'stricter' | 'other'
  /** What differs, as `field: was → would be`. */
  readonly differs: readonly string[]
  /** How it ended then; null where it is still open. */
  readonly ended: string | null
}

interface Answer {
  readonly effect: EffectName
  readonly rules: readonly string[]
  readonly requirements: readonly Pick<Requirement, 'from' | 'count'>[]
}

export interface Replayed {
  readonly asks: number
  readonly unchanged: number
  /** Asks whose bodies were erased: nobody can know. */
  readonly unknown: number
  /** Oldest first. */
  readonly changes: readonly Otherwise[]
}

/**
 * The history of asks, answered by another policy: each at its own time, with the limits of allow rules counted as they
 * would have been. Told entry by entry, oldest first; keeps only what differs.
 */
export class Replay {
  readonly #policy: Policy
  readonly #changes = new Map<string, Otherwise>()
  readonly #used = new Map<string, number[]>()
  #asks = 0
  #unknown = 0

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** @param request as it was opened; null where its body is erased. */
  opened(request: ApprovalRequest | null): void {
    this.#asks++
    if (request === null) {
      this.#unknown++
      return
    }
    const { people } = this.#policy
    const { client, ask, createdAtMs } = request
    const keys = requesterKeys(client.id, ask, people)
    const requester = { client: { id: client.id, name: client.name }, verifiedBy: client.verifiedBy ?? 'client_key' }
    const usedUp = this.#usedUp(keys, createdAtMs)
    const evaluation = evaluate(this.#policy, { ask, requester }, { nowMs: createdAtMs, usedUp })
    if (evaluation.effect === 'allow') for (const { rule } of evaluation.limits) this.#use(rule, keys, createdAtMs)
    const change = compare(request, evaluation)
    if (change) this.#changes.set(request.id, change)
  }

  /** @param how the status that it ended with. */
  ended(requestId: string, how: string): void {
    const change = this.#changes.get(requestId)
    if (change) this.#changes.set(requestId, { ...change, ended: how })
  }

  result(): Replayed {
    const changes = [...this.#changes.values()]
    return {
      asks: this.#asks,
      unknown: this.#unknown,
      unchanged: this.#asks - this.#unknown - changes.length,
      changes,
    }
  }

  #usedUp(keys: readonly string[], nowMs: number): ReadonlySet<string> {
    const full = this.#policy.rules.filter(({ id, limit }) => {
      if (limit === null) return false
      return keys.some((key) => {
        const uses = (this.#used.get(`${id} ${key}`) ?? []).filter((atMs) => atMs >= nowMs - limit.perMs)
        this.#used.set(`${id} ${key}`, uses)
        return uses.length >= limit.most
      })
    })
    return new Set(full.map(({ id }) => id))
  }

  #use(rule: string, keys: readonly string[], atMs: number): void {
    for (const key of keys) this.#used.get(`${rule} ${key}`)?.push(atMs)
  }
}

/**
 * Whose uses of a limited allow are counted together: the caller's, and each account's of the human it acts for. As far as
 * an ask tells: humans whom only a token has proved are not in it.
 */
export function requesterKeys(callerId: string, { requester }: Ask, people: People): readonly string[] {
  const human = requester?.on_behalf_of
  if (!human) return [callerId]
  const identity = 'email' in human ? emailIdentity(human.email) : slackIdentity(human.slack_user_id)
  return [callerId, ...(identity ? closure([identity], people) : [])]
}

function compare(request: ApprovalRequest, now: Evaluation): Otherwise | null {
  const { policy, ask } = request
  const was: Answer = { effect: policy.effect, rules: policy.rules, requirements: bare(policy.requirements) }
  const wouldBe: Answer = { effect: now.effect, rules: now.rules, requirements: bare(now.requirements) }
  const decision = [
    differ('effect', was.effect, wouldBe.effect),
    differ('approvals', seatWords(sorted(was.requirements)), seatWords(sorted(wouldBe.requirements))),
    refusedMask(ask, now),
  ].filter((each) => each !== null)
  const terms = was.effect === 'require_approval' && now.effect === 'require_approval' ? termsOf(request, now) : []
  if (decision.length === 0 && terms.length === 0) return null
  return {
    requestId: request.id,
    atMs: request.createdAtMs,
    client: request.client.name,
    action: ask.action,
    resource: ask.resource ?? null,
    environment: ask.environment ?? null,
    was,
    wouldBe,
    kind: decision.length > 0 ? 'decision' : 'terms',
    direction: refusedMask(ask, now) === null ? directionOf(was, wouldBe) : 'stricter',
    differs: [...decision, ...terms],
    ended: null,
  }
}

/** It would not even be taken: it does not show what the rules want shown. */
function refusedMask(ask: Ask, { effect, mustShow }: Evaluation): string | null {
  const hidden = effect === 'deny' ? null : withheld(mustShow, ask)
  return hidden && `taken: yes → refused, for ${withheldWords(hidden)}`
}

function termsOf({ policy, ask, createdAtMs, expiresAtMs }: ApprovalRequest, now: Evaluation): string[] {
  const capped = (ms: number, seconds = Number.POSITIVE_INFINITY) => durationWords(Math.min(ms, seconds * 1000))
  const reasons = (verdicts: readonly string[]) => (verdicts.length === 0 ? 'none' : verdicts.toSorted().join(', '))
  const group = (rule: { readonly from: string } | null | undefined) => rule?.from ?? 'nobody'
  return [
    differ('deny_count', String(policy.denyCount), String(now.denyCount)),
    differ('ttl', durationWords(expiresAtMs - createdAtMs), capped(now.ttlMs, ask.ttl_seconds)),
    differ('grant_ttl', durationWords(policy.grantTtlMs), capped(now.grantTtlMs, ask.grant_ttl_seconds)),
    differ('reason_required', reasons(policy.reasonRequired), reasons(now.reasonRequired)),
    differ('break_glass', group(policy.breakGlass), group(now.breakGlass)),
  ].filter((each) => each !== null)
}

const differ = (field: string, was: string, wouldBe: string): string | null =>
  was === wouldBe ? null : `${field}: ${was} → ${wouldBe}`

const bare = (requirements: readonly Requirement[]) => requirements.map(({ from, count }) => ({ from, count }))
const sorted = (requirements: Answer['requirements']) => requirements.toSorted((a, b) => (a.from < b.from ? -1 : 1))

const RANK = { allow: 0, require_approval: 1, deny: 2 } as const

function directionOf(was: Answer, wouldBe: Answer): Otherwise['direction'] {
  const step = RANK[wouldBe.effect] - RANK[was.effect]
  if (step !== 0) return step > 0 ? 'stricter' : 'looser'
  const asks = (these: Answer, those: Answer): boolean =>
    those.requirements.every(({ from, count }) => these.requirements.some((r) => r.from === from && r.count >= count))
  const [more, less] = [asks(wouldBe, was), asks(was, wouldBe)]
  if (more === less) return 'other'
  return more ? 'stricter' : 'looser'
}
