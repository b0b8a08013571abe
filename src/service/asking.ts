import { payloadDigest } from '../approval/digest.ts'
import { open } from '../approval/open.ts'
import { type Caller, closure, emailIdentity, type Identity } from '../approval/principal.ts'
import { refusedAsk } from '../approval/recording.ts'
import { mask, maskText } from '../approval/redact.ts'
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../approval/refusal.ts'
import type { Ask, PinnedPolicy } from '../approval/request.ts'
import { allBehind, allowanceKeys, humansBehind, isSomebodyElse, naming } from '../approval/requester.ts'
import { DirectoryError, type Eligibility, isLinked } from '../eligibility.ts'
import { evaluate } from '../policy/evaluate.ts'
import { globMatches } from '../policy/glob.ts'
import type { Evaluation, Policy } from '../policy/policy.ts'
import { hasOneSpelling } from '../policy/text.ts'
import type { Book } from './book.ts'
import { LATE, within } from './deadline.ts'
import { ATTEMPTS, type Settled } from './parts.ts'

export type Opened = Settled & { readonly replayed: boolean }
export interface Idempotency {
  readonly key: string
  readonly bodyDigest: string
}

/** What somebody hears who tries what a key is good for. Kept as evidence, once a minute of each client and code. */
const PROBING: readonly RefusalCode[] = [
  'act_for_not_allowed',
  'forbidden',
  'must_show',
  'requester_unresolved',
  'no_eligible_approver',
]

/** The one thing that is asked of Slack on the way of an ask: whose address this is. No longer than this. */
const LOOKUP_MS = 1_500

/** How an ask comes in. */
export class Asking {
  readonly #book: Book
  readonly #eligibility: Eligibility

  constructor(book: Book, eligibility: Eligibility) {
    this.#book = book
    this.#eligibility = eligibility
  }

  async submit(caller: Caller, ask: Ask, idempotency?: Idempotency): Promise<Opened | Refusal> {
    const answer = await this.#submit(caller, ask, idempotency)
    if (isRefusal(answer) && PROBING.includes(answer.refused)) {
      const change = refusedAsk(caller, maskText(ask.action), answer, this.#book.parts.now())
      await this.#book.note(`${caller.id} asks ${answer.refused}`, change)
    }
    return answer
  }

  async #submit(caller: Caller, ask: Ask, idempotency?: Idempotency): Promise<Opened | Refusal> {
    const digest = payloadDigest(ask)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const policy = this.#book.parts.policy()
      if (!policy) return refuse('policy_unavailable')
      const outside = outsideOf(caller, ask)
      if (outside) return outside
      const masked = mask(ask, policy.redact)
      const known = idempotency ? await this.#replay(caller, ask, policy, idempotency) : null
      if (known) return known
      const asking = await this.#whoAsks(caller, ask, policy)
      if ('refused' in asking) return asking
      const { found, unresolved } = asking
      const evaluated = await this.#judged(policy, caller, masked, found)
      // The policy was changed meanwhile: the ask is judged by the one that is in force (INV12).
      if (this.#book.parts.policy()?.digest !== policy.digest) continue
      const judging = { caller, ask, masked, digest, found, unresolved, evaluated, idempotency }
      const answer = await this.#open(policy, judging)
      if (answer) return answer
    }
    throw new Error('a new request did not settle')
  }

  /** @returns null where somebody was faster: then it is judged again. */
  async #open(
    policy: Policy,
    { caller, ask, masked, digest, found, unresolved, evaluated, idempotency }: Judging,
  ): Promise<Opened | Refusal | null> {
    const { parts } = this.#book
    if (!this.#book.reserve(caller.id, policy.limits.pendingPerClient)) return refuse('too_many_pending')
    let kept = false
    try {
      const ruling = open({
        id: parts.newId(),
        client: caller,
        ask: masked,
        payloadDigest: digest,
        evaluated,
        people: policy.people,
        found,
        unresolved,
        members: (usergroup) => parts.roster?.members(usergroup) ?? null,
        sensitive: ask.sensitive ?? [],
        nowMs: parts.now(),
        idempotency,
      })
      if (isRefusal(ruling)) return ruling
      const stopped = await this.#book.stopped(ruling)
      if (stopped) return stopped
      if ((await this.#book.commit(ruling)) === 'conflict' || !ruling.request) return null
      kept = ruling.request.after.status === 'pending'
      return { request: ruling.request.after, changed: true, replayed: false }
    } finally {
      if (!kept) this.#book.release(caller.id)
    }
  }

  /** What the policy says of the ask, with the limits that this requester has reached by now (T3). */
  async #judged(policy: Policy, caller: Caller, ask: Ask, found: readonly Identity[]): Promise<Evaluation> {
    const { store, now } = this.#book.parts
    const { id, name, verifiedBy } = caller
    const subject = { ask, requester: { client: { id, name }, verifiedBy } }
    const nowMs = now()
    const first = evaluate(policy, subject, { nowMs })
    const limited = policy.rules.filter((rule) => rule.limit && first.rules.includes(rule.id))
    if (limited.length === 0) return first
    const usedUp = new Set<string>()
    for (const { id: rule, limit } of limited) {
      for (const key of limit ? allowanceKeys(caller, ask, policy.people, found) : []) {
        const used = await store.allowancesUsed(rule, key, nowMs - (limit?.perMs ?? 0))
        if (!(used < (limit?.most ?? 0))) usedUp.add(rule)
      }
    }
    return usedUp.size === 0 ? first : evaluate(policy, subject, { nowMs, usedUp })
  }

  /**
   * What Slack says of the humans whom the caller speaks for. Each must be somebody who could be told apart at the click:
   * one with an account by a link of the policy, or by an address that Slack knows (B12). What is found is pinned, so that
   * whoever gives her address away stays behind what she asked (B31).
   */
  async #whoAsks(caller: Caller, ask: Ask, policy: Policy): Promise<WhoAsks | Refusal> {
    const humans = humansBehind(caller, ask)
    if ('refused' in humans) return humans
    const isAnybodys = caller.verifiedBy === 'oidc' && humans.length === 0 && caller.owners.length === 0
    const { now } = this.#book.parts
    const untilMs = now() + LOOKUP_MS
    const found: Identity[] = []
    let isUnresolved = isAnybodys
    for (const human of humans) {
      // A name that has changed hands stands behind the ask with whoever had it, and tells nobody who asks now.
      const names = naming(human, policy.people)
      const isKnown = names.some((identity) => isLinked(identity, policy.people))
      const account = await this.#accountOf(names, ask, policy, Math.min(LOOKUP_MS, untilMs - now()))
      if (account === 'unknown') {
        if (!isKnown)
          return refuse('policy_unavailable', 'Slack did not tell whose address this is: try again in a moment')
        continue
      }
      found.push(...(account ?? []))
      const isHers = account !== null && !isSomebodyElse(human, closure(account, policy.people))
      if (!isHers && !isKnown) isUnresolved = true
    }
    if (policy.unresolvedRequester === 'allow') return { found, unresolved: isUnresolved ? 'taken' : 'allowed' }
    if (isUnresolved) return refuse('requester_unresolved', 'nobody can tell who is behind this ask')
    return { found, unresolved: undefined }
  }

  /** Every identity of the account that has one of the human's addresses; null where nobody has, or she has none. */
  async #accountOf(
    human: readonly Identity[],
    ask: Ask,
    policy: Policy,
    patienceMs: number,
  ): Promise<readonly Identity[] | null | 'unknown'> {
    const spellings = [...closure(human, policy.people)]
      .filter((identity) => identity.startsWith('email:'))
      .flatMap((identity) => spellingsOf(identity, ask))
    if (spellings.length === 0) return null
    try {
      const answer = patienceMs <= 0 ? LATE : await within(this.#eligibility.holder(spellings), patienceMs)
      return answer === LATE ? 'unknown' : (answer?.identities ?? null)
    } catch (error) {
      if (error instanceof DirectoryError) return 'unknown'
      throw error
    }
  }

  /**
   * The same ask again, by the same humans. A pipeline is one caller whoever started it: one of its people must neither get
   * the yes to what another asked, nor come to stand behind nothing (B10, B12).
   */
  async #replay(caller: Caller, ask: Ask, policy: Policy, idempotency: Idempotency): Promise<Opened | Refusal | null> {
    const known = await this.#book.parts.store.idempotent(caller.id, idempotency.key)
    if (!known) return null
    if (known.bodyDigest !== idempotency.bodyDigest) return refuse('idempotency_key_reused')
    const request = await this.#book.request(known.requestId)
    if (!request) return null
    const humans = humansBehind(caller, ask)
    if ('refused' in humans) return humans
    if (allBehind(request, humans, policy.people)) return { request, changed: false, replayed: true }
    // Somebody whom nobody can tell apart is told so first.
    const found = await this.#whoAsks(caller, ask, policy)
    return 'refused' in found
      ? found
      : refuse('idempotency_key_reused', 'somebody else asked with this Idempotency-Key')
  }
}

interface WhoAsks {
  /** What Slack said of the humans behind the ask. */
  readonly found: readonly Identity[]
  /** Pinned, so that a policy that takes no such asks any more binds this one too (B25). */
  readonly unresolved: PinnedPolicy['unresolved']
}

interface Judging {
  readonly caller: Caller
  /** As it was sent; its secrets end in this room. */
  readonly ask: Ask
  readonly masked: Ask
  readonly digest: ReturnType<typeof payloadDigest>
  readonly found: WhoAsks['found']
  readonly unresolved: WhoAsks['unresolved']
  readonly evaluated: Evaluation
  readonly idempotency: Idempotency | undefined
}

/** As it was written first: Slack may know an address with a tag exactly so. */
function spellingsOf(identity: Identity, ask: Ask): readonly string[] {
  const named = ask.requester?.on_behalf_of
  const address = identity.slice('email:'.length)
  return named && 'email' in named && emailIdentity(named.email) === identity ? [named.email, address] : [address]
}

/** What the caller may ask for at all: never a right to a yes, for the policy judges as ever. */
function outsideOf({ actions, environments }: Caller, { action, environment }: Ask): Refusal | null {
  const fits = (globs: readonly string[] | null, value: string | undefined): boolean =>
    globs === null || (value !== undefined && hasOneSpelling(value) && globs.some((glob) => globMatches(glob, value)))
  if (!fits(actions, action)) return refuse('forbidden', 'this client may not ask for this action')
  if (!fits(environments, environment)) return refuse('forbidden', 'this client may not ask for this environment')
  return null
}
