import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, UNBOUND } from '../../src/approval/client.ts'
import type { Caller, Client, Identity, Member } from '../../src/approval/principal.ts'
import { isRefusal, type Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { Directory, Speaker } from '../../src/eligibility.ts'
import { policyLoaded } from '../../src/policy/evidence.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { Service } from '../../src/service.ts'
import { openSqlite, type SqliteStore } from '../../src/store/sqlite.ts'
import { policyFrom } from '../policy/policies.ts'

export const ACCOUNTS = ['U0ALICE', 'U0ALICE2', 'U0BOB', 'U0BOB2', 'U0CAROL', 'U0DAVE', 'U0ERIN'] as const
export type Account = (typeof ACCOUNTS)[number]
export const GROUPS = ['owners', 'sre', 'oncall'] as const
export type GroupName = (typeof GROUPS)[number]
export const ADMIN: Account = 'U0ERIN'
export const MINUTE = 60_000

/** What a policy of the model can say. */
export interface Terms {
  readonly effect: 'require_approval' | 'deny' | 'allow'
  readonly owners: number
  readonly sre: 0 | 1
  readonly denyCount: number
  readonly ttlMinutes: number
  readonly isGlass: boolean
  readonly takesLateJoiners: boolean
  /** Denied in the second half of each hour. */
  readonly isClosedLate: boolean
}

/** Everything that is so outside of the house, and that the house has to find out for itself. */
export interface World {
  nowMs: number
  terms: Terms
  people: readonly (readonly Account[])[]
  readonly groups: Record<GroupName, readonly Account[]>
  readonly emails: Record<Account, string>
  readonly gone: Set<Account>
}

export const LIMIT = { count: 2, perMs: 5 * MINUTE }

function textOf({ terms, people }: World): string {
  const { effect, owners, sre, denyCount, ttlMinutes, isGlass, takesLateJoiners, isClosedLate } = terms
  const asks = [`{ from: owners, count: ${owners} }`, ...(sre === 1 ? ['{ from: sre }'] : [])].join(', ')
  const asking = `effect: require_approval, approvals: [${asks}], deny_count: ${denyCount}, late_joiners: ${takesLateJoiners}`
  const glass = isGlass ? ', break_glass: { from: oncall, grant_ttl: 2m }' : ''
  const rules = [
    `{ id: main, match: { action: main }, ttl: ${ttlMinutes}m, ${effect === 'require_approval' ? asking + glass : `effect: ${effect}`} }`,
    `{ id: free, match: { action: free }, effect: allow, limit: { count: ${LIMIT.count}, per: 5m }, approvals: [{ from: owners }] }`,
    ...(isClosedLate
      ? ['{ id: late, match: { action: main }, during: { from: "12:30", to: "13:00", zone: UTC }, effect: deny }']
      : []),
  ]
  return `version: 1
slack: { channel: C0APPROVALS }
admins: [${ADMIN}]
groups: { owners: { usergroup: S0OWNERS }, sre: { usergroup: S0SRE }, oncall: { usergroup: S0ONCALL } }
people: [${people.map((accounts) => `{ slack: [${accounts.join(', ')}] }`).join(', ')}]
defaults: { ttl: 10m, grant_ttl: 5m }
rules:
${rules.map((rule) => `  - ${rule}\n`).join('')}`
}

/** What a disk does is tried elsewhere: here a file that costs no fsync, where there is such a place. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const parsed = new Map<string, Policy>()
function policyOf(world: World): Policy {
  const text = textOf(world)
  const known = parsed.get(text)
  if (known) return known
  if (parsed.size > 2_000) parsed.clear()
  const policy = policyFrom(text)
  parsed.set(text, policy)
  return policy
}

/** The real service on a real file, in a world that the test moves. */
export class System {
  readonly world: World
  readonly file: string
  readonly #directory: string
  #store: SqliteStore
  #service: Service
  #policy: Policy
  #n = 0

  private constructor(world: World, directory: string, file: string, store: SqliteStore, policy: Policy) {
    this.world = world
    this.#directory = directory
    this.file = file
    this.#store = store
    this.#policy = policy
    this.#service = undefined as never
  }

  static async open(world: World): Promise<System> {
    const directory = mkdtempSync(join(MEMORY, 'countersign-model-'))
    const file = join(directory, 'model.db')
    const store = openSqlite({ file, exclusive: true, now: () => world.nowMs })
    const system = new System(world, directory, file, store, policyOf(world))
    system.#service = await system.#serve()
    await system.#service.record(policyLoaded(system.#policy, null, world.nowMs))
    for (const owner of ['U0ALICE', 'U0BOB'] as const) {
      const who = { actor: 'system', source: 'cli' } as const
      await system.#service.record(createClient(clientOf(owner, world.nowMs), 'os:tester', who, world.nowMs))
    }
    return system
  }

  get service(): Service {
    return this.#service
  }

  #serve(): Promise<Service> {
    const { world } = this
    const directory: Directory = {
      member: async (id) => memberOf(world, id as Account),
      memberByEmail: async (address) => {
        const holder = ACCOUNTS.find((account) => world.emails[account] === address && !world.gone.has(account))
        return holder ? memberOf(world, holder) : null
      },
      groupMembers: async (id) => ({ users: membersOf(world, id), readAtMs: world.nowMs }),
      isExternal: async () => false,
    }
    return Service.open({
      store: this.#store,
      directory,
      policy: () => this.#policy,
      roster: { members: (id) => membersOf(world, id) },
      now: () => world.nowMs,
      newId: () => `req_${String(++this.#n).padStart(6, '0')}`,
    })
  }

  /** The world's terms and links become the policy in force. */
  async reload(): Promise<void> {
    const before = this.#policy
    this.#policy = policyOf(this.world)
    await this.#service.record(policyLoaded(this.#policy, before, this.world.nowMs))
  }

  /** The process ends and another one goes on with the file. */
  async restart(): Promise<void> {
    await this.#store.close()
    this.#store = openSqlite({ file: this.file, exclusive: true, now: () => this.world.nowMs })
    this.#service = await this.#serve()
  }

  async request(id: string): Promise<ApprovalRequest> {
    const request = await this.#store.request(id)
    if (!request) throw new Error(`${id} is gone`)
    return request
  }

  async close(): Promise<void> {
    await this.#store.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

const membersOf = ({ groups }: World, usergroup: string): readonly string[] =>
  groups[usergroup.slice(2).toLowerCase() as GroupName]

function memberOf(world: World, userId: Account): Member | null {
  if (!ACCOUNTS.includes(userId)) return null
  const identities: Identity[] = [`slack:${userId}`, `email:${world.emails[userId]}`]
  return { userId, teamId: 'T0', name: userId, identities, barred: world.gone.has(userId) ? 'inactive' : null }
}

export const speakerOf = (userId: Account): Speaker => ({ surface: 'slack', teamId: 'T0', userId, channel: null })

const clientOf = (owner: Account, createdAtMs: number): Client => ({
  id: `cl_${owner.toLowerCase()}`,
  name: owner,
  secretHash: '0'.repeat(64),
  owners: [owner],
  makers: ['os:tester'],
  scopes: ['request'],
  actFor: false,
  createdAtMs,
  ...UNBOUND,
})

export const callerFor = (owner: Account): Caller => {
  const { id, name, owners, makers, scopes, actFor, actions, environments } = clientOf(owner, 0)
  return { id, name, owners, makers, scopes, actFor, actions, environments, humans: [], verifiedBy: 'client_key' }
}

export const codeOf = (answer: object | Refusal): string | null => (isRefusal(answer) ? answer.refused : null)
