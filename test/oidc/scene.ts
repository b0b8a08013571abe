import { Api } from '../api.ts'
import { openScene, type Scene } from '../house.ts'
import { ACME, jobToken } from './github.ts'
import { type LocalIssuer, startIssuer, type TokenOptions } from './issuer.ts'

type Claims = Readonly<Record<string, unknown>>

/** A whole house that trusts two issuers on this machine: one of jobs, one of people. */
export interface TokenScene {
  readonly scene: Scene
  readonly jobs: LocalIssuer
  readonly people: LocalIssuer
  /** Speaks with this one token. */
  with(token: string): Api
  /** A pipeline with a fresh token of a job. */
  job(claims?: Claims, options?: TokenOptions): Promise<Api>
  /** A person with a fresh token; `sub` is her name where nothing else is said. */
  person(name: string, claims?: Claims): Promise<Api>
  close(): Promise<void>
}

/** What the issuer of people says of each of them. */
const PERSON = { hd: 'example.com', email_verified: true }

const policy = (jobs: string, people: string, more: string) => `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
people:
  - { slack: [U0ALICE, U0ERIN], github_ids: ["1001"], oidc: [{ issuer: idp, subject: alice }] }
  - { slack: [U0DAVE], github: [dave-gh] }
  - { slack: [U0GONE], oidc: [{ issuer: idp, subject: gone }] }
issuers:
  - id: github
    preset: github
    issuer: ${jobs}
    audience: countersign
    require: { repository_owner_id: "${ACME.owner}", environment: production }
    actions: ["data.*", "terraform.*"]
  - { id: idp, preset: oidc, issuer: "${people}", audience: countersign, kind: person, require: { hd: example.com } }
${more}
defaults: { effect: deny, ttl: 1h, grant_ttl: 5m }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
  - id: exports
    match: { action: data.export }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
    deny_count: 2
  - id: applies
    match: { action: terraform.apply }
    effect: require_approval
    approvals: [{ from: sre }]
    reason_required: [deny]
  - id: reads
    match: { action: data.count }
    effect: allow
`

export async function openTokenScene(more = ''): Promise<TokenScene> {
  const [jobs, people] = await Promise.all([startIssuer({ alg: 'RS256' }), startIssuer()])
  const scene = await openScene('socket', { policy: policy(jobs.url, people.url, more) })
  scene.slack.setGroup('S0DATA', { users: ['U0ALICE', 'U0BOB', 'U0CAROL', 'U0ERIN'] })
  const speakWith = (token: string): Api => new Api(() => scene.house().url, token)
  return {
    scene,
    jobs,
    people,
    with: speakWith,
    job: async (claims, options) => speakWith(await jobToken(jobs, claims, options)),
    person: async (name, claims = {}) =>
      speakWith(await people.token({ ...PERSON, sub: name, email: `${name}@example.com`, ...claims })),
    close: async () => {
      await scene.close()
      await Promise.all([jobs.close(), people.close()])
    },
  }
}
