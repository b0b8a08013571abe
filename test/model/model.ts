import type { ApprovalRequest, Decision } from '../../src/approval/request.ts'
import { ACCOUNTS, type Account, LIMIT, type Terms, type World } from './world.ts'

/** The model: what must be so for a yes, said as shortly as it can be, and nothing of how the house does it. */

export interface Asked {
  readonly id: string
  readonly asker: Account
  readonly atMs: number
  readonly terms: Terms
  /** Whom the policy joined with the asker then, and who was in which group. */
  readonly behind: ReadonlySet<Account>
  readonly owners: readonly Account[]
  readonly sre: readonly Account[]
}

export interface Model {
  readonly asked: Asked[]
  isPaused: boolean
  readonly delegations: { readonly from: Account; readonly to: Account; startMs: number; endMs: number; by: Account }[]
  readonly consumed: Map<string, string>
  /** When each asker was allowed without people. */
  readonly allowed: { readonly asker: Account; readonly atMs: number }[]
}

/** The accounts that the policy joins with this one, over any number of steps. */
export function linked({ people }: Pick<World, 'people'>, account: Account): ReadonlySet<Account> {
  const same = new Set([account])
  for (const one of same)
    for (const person of people) if (person.includes(one)) for (const other of person) same.add(other)
  return same
}

/** All accounts that are one human with this one: joined by the policy, or any of those joined with each has one address. */
export function human(world: World, account: Account): ReadonlySet<Account> {
  const addresses = new Set([...linked(world, account)].map((each) => world.emails[each]))
  const isSame = (other: Account) => [...linked(world, other)].some((each) => addresses.has(world.emails[each]))
  return new Set(ACCOUNTS.filter(isSame))
}

const whose = (d: Decision): Account[] =>
  [d.approver.userId, ...(d.delegatedBy === null ? [] : [d.delegatedBy])] as Account[]

/** Whether the vote fills a seat of this group now, by what is so in the world. */
function fills(world: World, model: Model, asked: Asked, d: Decision, group: 'owners' | 'sre'): boolean {
  const [speaker, seat = speaker] = whose(d) as [Account, Account?]
  if (world.gone.has(speaker) || world.gone.has(seat) || !world.groups[group].includes(seat)) return false
  if (!asked.terms.takesLateJoiners && !asked[group].includes(seat)) return false
  const isActive = model.delegations.some(
    (each) => each.from === seat && each.to === speaker && each.startMs <= world.nowMs && world.nowMs < each.endMs,
  )
  return speaker === seat || isActive
}

/** Tries every way to seat different votes. */
function canSit(seats: readonly ('owners' | 'sre')[], votes: readonly ReadonlySet<string>[]): boolean {
  const [seat, ...others] = seats
  if (seat === undefined) return true
  return votes.some((vote, i) => vote.has(seat) && canSit(others, votes.toSpliced(i, 1)))
}

/** What is asked for without people, but for a limit. */
export const FREE: Terms = {
  ...{ effect: 'require_approval', owners: 1, sre: 0, denyCount: 1, ttlMinutes: 10 },
  ...{ isGlass: false, takesLateJoiners: true, isClosedLate: false },
} as const

/** What the policy of now asks of it; nothing where it would allow it. */
const present = ({ terms }: World, asked: Asked): Terms => {
  if (asked.terms === FREE) return { ...FREE, owners: 0, denyCount: 99 }
  return terms.effect === 'require_approval' ? terms : { ...terms, owners: 0, sre: 0, denyCount: 99, isGlass: false }
}

/** What speaks against a yes of people, now. */
export function whyNot(world: World, model: Model, asked: Asked, request: ApprovalRequest): string[] {
  const terms = present(world, asked)
  const behind = new Set([...asked.behind, ...human(world, asked.asker)].flatMap((each) => [...human(world, each)]))
  const lastWordOf = (who: ReadonlySet<Account>) =>
    request.decisions.findLast((d) => whose(d).some((each) => who.has(each)))
  const groups = request.decisions.flatMap((d) => {
    const who = new Set(whose(d).flatMap((each) => [...human(world, each)]))
    if (d.verdict !== 'approve' || [...who].some((each) => behind.has(each)) || lastWordOf(who) !== d) return []
    return [new Set((['owners', 'sre'] as const).filter((group) => fills(world, model, asked, d, group)))]
  })
  const needed = (['owners', 'sre'] as const).flatMap((group) =>
    Array<typeof group>(Math.max(asked.terms[group], terms[group])).fill(group),
  )
  const said = new Set(request.decisions.map(({ approver }) => approver.userId))
  const denies = [...said].filter(
    (id) => request.decisions.findLast((d) => d.approver.userId === id)?.verdict === 'deny',
  ).length
  return [
    ...common(world, model, asked),
    ...(canSit(needed, groups) ? [] : ['a seat is filled by nobody who may']),
    ...(denies >= Math.min(asked.terms.denyCount, terms.denyCount) ? ['too many said no'] : []),
  ]
}

/** What speaks against any yes now, whoever says it. */
export function common(world: World, { isPaused }: Model, asked: Asked): string[] {
  const { nowMs } = world
  const terms = present(world, asked)
  const minute = new Date(nowMs).getUTCMinutes()
  const isLate = nowMs >= asked.atMs + Math.min(asked.terms.ttlMinutes, terms.ttlMinutes) * 60_000
  return [
    ...(isPaused ? ['everything is paused'] : []),
    ...(isLate ? ['its time is over'] : []),
    ...(terms.effect === 'deny' ? ['the policy denies it'] : []),
    ...(terms.isClosedLate && minute >= 30 && new Date(nowMs).getUTCHours() === 12 ? ['not at this hour'] : []),
  ]
}

/** More than the limit allows in some stretch that ends now. */
export const isOverLimit = ({ nowMs }: World, { allowed }: Model, asker: Account): boolean =>
  allowed.filter((each) => each.asker === asker && each.atMs > nowMs - LIMIT.perMs).length > LIMIT.count
