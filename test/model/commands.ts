import fc from 'fast-check'
import { shortDigest } from '../../src/approval/digest.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { type Asked, common, FREE, human, isOverLimit, linked, type Model, whyNot } from './model.ts'
import {
  ACCOUNTS,
  type Account,
  ADMIN,
  callerFor,
  codeOf,
  GROUPS,
  type GroupName,
  MINUTE,
  type System,
  speakerOf,
  type Terms,
} from './world.ts'

/** What people, askers, admins and the clock do, in any order; after each of it the model looks at every request. */

export type Command = fc.AsyncCommand<Model, System>

/** How often something was reached: a property that never gets anywhere would hold for nothing. */
export const reached = new Map<string, number>()
const note = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1)

/** What was done, as far as a yes may come of it. */
interface Deed {
  readonly kind: 'vote' | 'glass' | 'ask' | 'other'
}

/** Something that is done, and then looked at. */
class Step implements Command {
  readonly #name: string
  readonly #act: (model: Model, system: System) => Promise<Deed>

  constructor(name: string, act: (model: Model, system: System) => Promise<Deed>) {
    this.#name = name
    this.#act = act
  }

  check(): boolean {
    return true
  }

  async run(model: Model, system: System): Promise<void> {
    const before = await statesOf(model, system)
    const deed = await this.#act(model, system)
    for (const asked of model.asked) {
      const problems = judge(model, system, asked, before.get(asked.id) ?? null, await system.request(asked.id), deed)
      if (problems.length > 0) throw new Error(`${asked.id} after "${this.#name}": ${problems.join('; ')}`)
    }
  }

  toString(): string {
    return this.#name
  }
}

const statesOf = async ({ asked }: Model, system: System): Promise<Map<string, ApprovalRequest>> =>
  new Map(await Promise.all(asked.map(async ({ id }) => [id, await system.request(id)] as const)))

/** What is wrong with what became of the request. */
function judge(
  model: Model,
  { world }: System,
  asked: Asked,
  before: ApprovalRequest | null,
  after: ApprovalRequest,
  deed: Deed,
): string[] {
  const problems: string[] = []
  if (after.status === 'approved' && before?.status !== 'approved') {
    if (before !== null && before.status !== 'pending') problems.push(`was ${before.status}`)
    const glass = after.brokenGlass
    if (after.outcome?.by === 'policy') {
      if (deed.kind !== 'ask' || model.isPaused) problems.push('allowed by the policy, but not at its opening')
    } else if (glass) {
      const breaker = glass.userId as Account
      const behind = [...asked.behind, ...human(world, asked.asker)].flatMap((each) => [...human(world, each)])
      if (deed.kind !== 'glass' || !world.groups.oncall.includes(breaker)) problems.push('broken by nobody who may')
      if (behind.includes(breaker)) problems.push('broken by the asker')
      if (!asked.terms.isGlass || !world.terms.isGlass) problems.push('broken where the policy lets nobody')
      problems.push(...common(world, model, asked))
    } else {
      if (deed.kind !== 'vote') problems.push('approved by no vote')
      problems.push(...whyNot(world, model, asked, after))
    }
    note(glass ? 'glass' : `approved by ${after.outcome?.by}`)
  }
  if (before && before.status !== 'pending' && after.status !== before.status) {
    const isTakenBack = before.status === 'approved' && after.status === 'cancelled' && before.consumed === null
    if (!isTakenBack) problems.push(`became ${after.status} of ${before.status}`)
  }
  if (after.consumed && !before?.consumed) {
    if (model.consumed.has(asked.id)) problems.push('used twice')
    if (model.isPaused) problems.push('used while everything is paused')
    if (before?.status !== 'approved' || !(world.nowMs < (before.grantExpiresAtMs ?? 0)))
      problems.push('used without a yes')
    model.consumed.set(asked.id, after.consumed.executionId)
  } else if (after.consumed && model.consumed.get(asked.id) !== after.consumed.executionId)
    problems.push('used by another')
  const isWorded = (after.decisions.length ?? 0) > (before?.decisions.length ?? 0)
  if (isWorded && deed.kind !== 'vote') problems.push('a decision that nobody said')
  return problems
}

/** One of those that are so, or else any: most of what is done should matter. */
async function pick(
  { asked }: Model,
  system: System,
  n: number,
  isSo: (request: ApprovalRequest) => boolean,
): Promise<ApprovalRequest | null> {
  const all = await Promise.all(asked.toReversed().map(({ id }) => system.request(id)))
  const fit = n < 3 ? all.filter(isSo) : []
  const from = fit.length > 0 ? fit : all
  return from[n % Math.max(from.length, 1)] ?? null
}
const isOpen = ({ status }: ApprovalRequest): boolean => status === 'pending'
const isUsable = ({ status }: ApprovalRequest): boolean => status === 'approved'
const isUnreviewed = ({ brokenGlass }: ApprovalRequest): boolean => brokenGlass !== null && brokenGlass.review === null

async function ask(model: Model, system: System, asker: 'U0ALICE' | 'U0BOB', action: 'main' | 'free'): Promise<Deed> {
  const { world, service } = system
  const answer = await service.submit(callerFor(asker), { action, params: { n: world.nowMs } })
  if (isRefusal(answer)) {
    note(`ask ${answer.refused}`)
    return { kind: 'other' }
  }
  model.asked.push({
    id: answer.request.id,
    asker,
    atMs: world.nowMs,
    terms: action === 'free' ? FREE : world.terms,
    behind: linked(world, asker),
    owners: [...world.groups.owners],
    sre: [...world.groups.sre],
  })
  if (action === 'free' && answer.request.status === 'approved') {
    model.allowed.push({ asker, atMs: world.nowMs })
    if (isOverLimit(world, model, asker)) throw new Error('allowed more often than the limit says')
  }
  return { kind: 'ask' }
}

type VerdictName = 'approve' | 'deny' | 'withdraw'

async function say(
  model: Model,
  system: System,
  { by, verdict, n, isStale }: { by: Account; verdict: VerdictName; n: number; isStale: boolean },
): Promise<Deed> {
  const known = await pick(model, system, n, isOpen)
  if (!known) return { kind: 'other' }
  const digestShown = isStale ? '0'.repeat(16) : shortDigest(known.payloadDigest)
  const answer = await system.service.decide({
    ...speakerOf(by),
    requestId: known.id,
    digestShown,
    verdict,
    reason: null,
  })
  if (isStale && !isRefusal(answer)) throw new Error('a stale card was taken')
  note(`${verdict} ${codeOf(answer) ?? 'taken'}`)
  return { kind: 'vote' }
}

async function breakGlass(model: Model, system: System, who: Account | null, n: number, reason: string): Promise<Deed> {
  const by = who ?? system.world.groups.oncall[0] ?? ADMIN
  const known = await pick(model, system, n, isOpen)
  if (!known) return { kind: 'other' }
  const digestShown = shortDigest(known.payloadDigest)
  const answer = await system.service.breakGlass({ ...speakerOf(by), requestId: known.id, digestShown, reason })
  note(`glass ${codeOf(answer) ?? 'broken'}`)
  if (reason === SHORT && !isRefusal(answer) && answer.request.status === 'approved') throw new Error('for no reason')
  return { kind: 'glass' }
}

const REASON = 'production is down and nobody answers'
const SHORT = 'because'

const account = fc.constantFrom(...ACCOUNTS)
const index = fc.nat({ max: 3 })
/** A deed that can never bring about a yes. */
const other = (name: string, deed: (model: Model, system: System) => Promise<unknown>): Step =>
  new Step(name, async (model, system) => {
    await deed(model, system)
    return { kind: 'other' }
  })
const callerOf = ({ asked }: Model, { id }: ApprovalRequest) =>
  callerFor(asked.find((each) => each.id === id)?.asker ?? ADMIN)

const asks = fc
  .tuple(
    fc.constantFrom('U0ALICE' as const, 'U0BOB' as const),
    fc.constantFrom('main' as const, 'main' as const, 'free' as const),
  )
  .map(
    ([asker, action]) => new Step(`${asker} asks for ${action}`, (model, system) => ask(model, system, asker, action)),
  )
const votes = fc
  .tuple(
    account,
    fc.constantFrom<VerdictName>('approve', 'approve', 'approve', 'deny', 'withdraw'),
    index,
    fc.integer({ min: 0, max: 20 }),
  )
  .map(([by, verdict, n, stale]) => {
    const said = { by, verdict, n, isStale: stale === 20 }
    return new Step(`${by} says ${verdict} (${n})${said.isStale ? ' on a stale card' : ''}`, (model, system) =>
      say(model, system, said),
    )
  })
const breaks = fc
  .tuple(fc.option(account, { freq: 1 }), index, fc.constantFrom(REASON, REASON, REASON, SHORT))
  .map(
    ([by, n, reason]) =>
      new Step(`${by ?? 'whoever is on call'} breaks the glass (${n}): ${reason}`, (model, system) =>
        breakGlass(model, system, by, n, reason),
      ),
  )

const groups = fc.tuple(fc.constantFrom<GroupName>(...GROUPS), fc.subarray([...ACCOUNTS])).map(([group, members]) =>
  other(`${group} is ${members}`, async (_, { world }) => {
    world.groups[group] = members
  }),
)
const addresses = fc.tuple(account, account).map(([one, two]) =>
  other(`${one} has the address of ${two}`, async (_, { world }) => {
    world.emails[one] = `${two.toLowerCase()}@example.com`
  }),
)
const goings = fc.tuple(account, fc.boolean()).map(([who, isGone]) =>
  other(`${who} is ${isGone ? 'deactivated' : 'back'}`, async (_, { world }) => {
    if (isGone) world.gone.add(who)
    else world.gone.delete(who)
  }),
)

const links = fc.array(fc.subarray([...ACCOUNTS], { minLength: 2, maxLength: 2 }), { maxLength: 2 })
export const terms: fc.Arbitrary<Terms> = fc.record({
  effect: fc.constantFrom(
    'require_approval' as const,
    'require_approval',
    'require_approval',
    'require_approval',
    'deny',
    'allow',
  ),
  owners: fc.integer({ min: 1, max: 3 }),
  sre: fc.constantFrom(0 as const, 0 as const, 1 as const),
  denyCount: fc.integer({ min: 1, max: 2 }),
  ttlMinutes: fc.constantFrom(10, 10, 4),
  isGlass: fc.boolean(),
  takesLateJoiners: fc.constantFrom(true, true, false),
  isClosedLate: fc.constantFrom(false, false, true),
})
const reloads = fc.tuple(terms, fc.option(links, { nil: null })).map(([next, people]) =>
  other(`the policy is ${JSON.stringify(next)} ${JSON.stringify(people)}`, async (_, system) => {
    system.world.terms = next
    if (people) system.world.people = people
    await system.reload()
  }),
)

const delegations = fc
  .tuple(account, account, fc.boolean(), fc.integer({ min: 1, max: 20 }))
  .map(([from, to, isByAdmin, minutes]) =>
    other(
      `${from} delegates to ${to} for ${minutes} min${isByAdmin ? ', by the admin' : ''}`,
      async (model, { service, world }) => {
        const by = isByAdmin ? ADMIN : from
        const endMs = world.nowMs + minutes * MINUTE
        const answer = await service.delegate(speakerOf(by), { from, to, startsAtMs: null, endsAtMs: endMs })
        note(`delegate ${codeOf(answer) ?? 'taken'}`)
        if (!isRefusal(answer)) model.delegations.push({ from, to, startMs: world.nowMs, endMs, by })
      },
    ),
  )
const endings = fc.nat({ max: 5 }).map((n) =>
  other(`delegation ${n} ends`, async (model, { service, world }) => {
    const all = await service.reads.delegations(world.nowMs)
    const one = all[n % Math.max(all.length, 1)]
    if (!one || isRefusal(await service.endDelegation(speakerOf(one.from as Account), one.id))) return
    const ended = model.delegations.find((d) => d.from === one.from && d.to === one.to && d.endMs === one.endsAtMs)
    if (ended) ended.endMs = world.nowMs
  }),
)

const clock = fc.oneof(fc.nat({ max: MINUTE }), fc.constantFrom(4 * MINUTE, 7 * MINUTE, 31 * MINUTE)).map((ms) =>
  other(`${ms} ms go by`, async (_, { world, service }) => {
    world.nowMs += ms
    if (ms % 2 === 0) await service.sweep(100)
  }),
)
const cancels = index.map((n) =>
  other(`the asker cancels (${n})`, async (model, system) => {
    const known = await pick(model, system, n, isUsable)
    if (known) note(`cancel ${codeOf(await system.service.cancel(known.id, null, callerOf(model, known))) ?? 'taken'}`)
  }),
)
const uses = fc.tuple(index, fc.constantFrom('run-1', 'run-2')).map(([n, executionId]) =>
  other(`${executionId} uses (${n})`, async (model, system) => {
    const known = await pick(model, system, n, isUsable)
    if (!known) return
    const use = { executionId, digest: known.payloadDigest }
    const twice = [1, 2].map(() => system.service.consume(known, use, callerOf(model, known)))
    note(`use ${codeOf((await Promise.all(twice))[0] as object) ?? 'taken'}`)
  }),
)
const revokes = fc.tuple(account, index).map(([by, n]) =>
  other(`${by} revokes (${n})`, async (model, system) => {
    const known = await pick(model, system, n, isUsable)
    if (!known) return
    const answer = await system.service.revoke(speakerOf(by), { requestId: known.id, reason: null })
    note(`revoke ${codeOf(answer) ?? 'taken'}`)
  }),
)
const reviews = fc.tuple(account, index).map(([by, n]) =>
  other(`${by} signs the review (${n})`, async (model, system) => {
    const known = await pick(model, system, n, isUnreviewed)
    if (!known) return
    const answer = await system.service.signReview(speakerOf(by), { requestId: known.id, note: 'looked at it' })
    note(`review ${codeOf(answer) ?? 'signed'}`)
    if (isRefusal(answer)) return
    const hers = human(system.world, by)
    const concerned = [answer.request.brokenGlass?.userId, model.asked.find(({ id }) => id === known.id)?.asker]
    if (concerned.some((each) => hers.has(each as Account))) throw new Error('reviewed by one of those concerned')
  }),
)
const pauses = fc.tuple(account, fc.boolean()).map(([by, isPause]) =>
  other(`${by} ${isPause ? 'pauses' : 'resumes'}`, async (model, { service }) => {
    const answer = isPause ? await service.pause(speakerOf(by), null) : await service.resume(speakerOf(by))
    if (isRefusal(answer)) return
    if (by !== ADMIN) throw new Error('paused or resumed by nobody who may')
    model.isPaused = isPause
    note(isPause ? 'paused' : 'resumed')
  }),
)
const resumes = fc.constant(
  other('the admin resumes', async (model, { service }) => {
    if (!isRefusal(await service.resume(speakerOf(ADMIN)))) model.isPaused = false
  }),
)
const restarts = fc.constant(other('the house restarts', (_, system) => system.restart()))

const often = <T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
  Array<fc.Arbitrary<T>>(times).fill(arbitrary)

export const commands = (maxCommands: number): fc.Arbitrary<Iterable<Command>> =>
  fc.commands(
    [
      ...often(2, asks),
      ...often(16, votes),
      ...often(3, uses),
      ...[breaks, groups, addresses, goings, reloads, delegations, endings, clock, cancels, revokes, reviews, pauses],
      ...[resumes, restarts],
    ],
    { maxCommands, size: 'max' },
  )
