import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Client } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { Api, type Shown } from '../api.ts'
import { type Mode, openScene, type Scene } from '../house.ts'
import { jobToken } from '../oidc/github.ts'
import { type LocalIssuer, startIssuer, type TokenOptions } from '../oidc/issuer.ts'
import { inLane, policy, SEED } from './cast.ts'

type Fields = Readonly<Record<string, unknown>>

/** One entry of the log of a request, as far as the catalogue looks at it. */
export interface Entry {
  readonly type: string
  readonly actor: string
  readonly source: string
  readonly code: string | null
}

const READ_GROUP = 'usergroups.users.list'

/** A whole house with two issuers of tokens beside it, and the people of the catalogue. */
export class Stage {
  readonly mode: Mode
  readonly scene: Scene
  readonly #jobs: LocalIssuer
  readonly #people: LocalIssuer
  #n = 0

  private constructor(mode: Mode, scene: Scene, jobs: LocalIssuer, people: LocalIssuer) {
    this.mode = mode
    this.scene = scene
    this.#jobs = jobs
    this.#people = people
  }

  static async open(mode: Mode): Promise<Stage> {
    const [jobs, people] = await Promise.all([startIssuer({ alg: 'RS256' }), startIssuer()])
    const scene = await openScene(mode, {
      policy: policy({ jobs: jobs.url, people: people.url }),
      sandbox: { seed: SEED, rateLimits: false },
    })
    const stage = new Stage(mode, scene, jobs, people)
    await stage.groupsKnown()
    return stage
  }

  get slack() {
    return this.scene.slack
  }

  /** Every invariant holds, whatever was tried. */
  async close(): Promise<void> {
    try {
      expect(await this.scene.place.problems([this.scene.key])).toEqual([])
    } finally {
      await this.scene.close()
      await Promise.all([this.#jobs.close(), this.#people.close()])
    }
  }

  policyText(isEdited: boolean): string {
    return policy({ jobs: this.#jobs.url, people: this.#people.url, isEdited })
  }

  /** An ask that is taken, with params of its own. */
  async ask(kind: string, more: Fields = {}, by: Api = this.scene.api): Promise<Shown> {
    const answer = await by.ask({ action: this.action(kind), params: { n: this.#n }, ...more })
    if (answer.status !== 201) throw new Error(`${kind} was not opened: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  action(kind: string): string {
    return inLane(kind, this.#n++)
  }

  /** A client of the house's; Frank answers for it unless the terms say otherwise. */
  async client(terms: Partial<Omit<Client, 'id' | 'name' | 'secretHash'>> = {}): Promise<Api> {
    return this.with(await this.scene.place.newClient('robot', { owners: ['U0FRANK'], ...terms }))
  }

  with(credential: string): Api {
    return new Api(() => this.scene.house().url, credential)
  }

  /** Somebody with a fresh token of hers; who she is in Slack the policy says, or else her address. */
  async person(userId: string, claims: Fields = {}): Promise<Api> {
    const email = this.#emails.get(userId)
    const known = email === undefined ? {} : { email, email_verified: true }
    return this.with(await this.#people.token({ sub: userId, hd: 'example.com', ...known, ...claims }))
  }

  async job(claims: Fields = {}, options?: TokenOptions): Promise<Api> {
    return this.with(await jobToken(this.#jobs, claims, options))
  }

  readonly #emails = new Map<string, string>()

  /** A colleague whom nobody has read of yet. */
  hire(email?: string): { readonly id: string; readonly email: string } {
    const name = `new${this.mode}${this.#n++}`
    const hired = { id: `U0${name.toUpperCase()}`, email: email ?? `${name}@example.com` }
    this.slack.addUser({ id: hired.id, name, profile: { email: hired.email } })
    this.#emails.set(hired.id, hired.email)
    return hired
  }

  /** Each group was read once: what is asked before is judged without. */
  async groupsKnown(): Promise<void> {
    const groups = SEED.groups ?? []
    await this.slack.until(() => groups.every(({ id }) => this.#readings(id, 0) > 0), 'every group to be read')
  }

  #readings(group: string, since: number): number {
    return this.slack.calls
      .slice(since)
      .filter(({ method, args, outcome }) => method === READ_GROUP && args.usergroup === group && outcome !== 'pending')
      .length
  }

  /** Who is in the group from now on, and the house has heard of it. */
  async members(group: string, users: readonly string[]): Promise<void> {
    const before = this.slack.calls.length
    this.slack.setGroup(group, { users })
    await this.slack.until(() => this.#readings(group, before) > 0, `${group} to be read again`)
    // What was read is in memory a turn after Slack has said it.
    await sleep(5)
  }

  async request(id: string): Promise<ApprovalRequest> {
    const request = await this.scene.house().service.reads.request(id)
    if (!request) throw new Error(`there is no ${id}`)
    return request
  }

  async entries(id: string): Promise<readonly Entry[]> {
    const entries = await this.scene.house().service.reads.auditOf(id)
    return entries.map(({ envelope, body }) => ({
      ...(JSON.parse(envelope) as Omit<Entry, 'code'>),
      code: (JSON.parse(body ?? '{}') as { code?: string }).code ?? null,
    }))
  }
}
