import { userInfo } from 'node:os'
import type { WorkspaceSeed } from '../../src/sandbox/index.ts'
import { ACME } from '../oidc/github.ts'

/** Who plays in the catalogue: Alice asks, Bob, Carol and Dave approve, the others try. */

const person = (name: string, more: object = {}) => ({
  id: `U0${name.toUpperCase()}`,
  name,
  profile: { email: `${name}@example.com` },
  ...more,
})

/** The accounts that Slack says are no live full human members of our team (T11), with what they are told. */
export const BARRED = [
  ['U0STRANGER', 'outsider'],
  ['U0GRIDMATE', 'outsider'],
  ['U0GUEST', 'guest'],
  ['U0GUEST1', 'guest'],
  ['U0GONE', 'inactive'],
  ['U0INVITED', 'inactive'],
  ['U0BOTTY', 'approver_not_human'],
  ['U0WFBOT', 'approver_not_human'],
] as const

const USERS = [
  ...['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'ops', 'mover', 'alias', 'late'].map((name) => person(name)),
  person('admin', { is_admin: true }),
  // Alice once more: with her address, by her subject at the issuer, by her id in the organisation.
  person('alice2', { profile: { email: 'Alice@Example.com' } }),
  person('alice3'),
  { ...person('walice'), id: 'W0ALICE' },
  person('aliceguest', { profile: { email: 'alice@example.com' }, is_restricted: true }),
  person('bob2'),
  person('stranger', { is_stranger: true, team_id: 'T0ELSEWHERE' }),
  person('gridmate', { team_id: 'T0SISTER' }),
  person('guest', { is_restricted: true }),
  person('guest1', { is_restricted: true, is_ultra_restricted: true }),
  person('gone', { deleted: true }),
  person('invited', { is_invited_user: true }),
  { id: 'U0BOTTY', name: 'botty', is_bot: true },
  { id: 'U0WFBOT', name: 'wfbot', is_bot: true, is_workflow_bot: true },
]

const EVERYBODY = USERS.map(({ id }) => id)

/** A channel takes a message a second: each kind of ask has some of its own, so that no test waits for another's card. */
const LANES = Array.from({ length: 16 }, (_, i) => `C0LANE${i}`)

/** Channels in which nothing else happens: whether strangers read them is known for half a minute. */
const STRANGE = Array.from({ length: 16 }, (_, i) => `C0STRANGE${i}`)

/** `one` as it is asked for: in a lane of its own. */
export const inLane = (kind: string, n: number): string => `${kind}.${n % LANES.length}.export`

/** Everybody is in `owners`, the asker and the barred as well: only who she is keeps anybody out. */
export const SEED: WorkspaceSeed = {
  users: USERS,
  channels: [
    ...['C0APPROVALS', 'C0AUDIT', 'C0RANDOM', ...LANES, ...STRANGE].map((id) => ({
      id,
      name: id.slice(2).toLowerCase(),
    })),
    { id: 'C0SHARED', name: 'shared', is_ext_shared: true },
  ],
  groups: [
    { id: 'S0OWN', handle: 'owners', users: EVERYBODY },
    { id: 'S0LIVE', handle: 'live', users: [] },
    { id: 'S0SEC', handle: 'sec', users: ['U0BOB', 'U0ERIN'] },
    { id: 'S0DBA', handle: 'dba', users: ['U0BOB', 'U0FRANK'] },
    { id: 'S0EMPTY', handle: 'empty', users: [] },
    { id: 'S0HERS', handle: 'hers', users: ['U0ALICE', 'U0ALICE3'] },
  ],
}

/** Who is joined with whom; of everybody else her subject alone. */
const JOINED: Readonly<Record<string, string>> = {
  U0ALICE: 'slack: [U0ALICE, W0ALICE], github: [alice-gh], github_ids: ["1001"], emails: [alice.private@example.org]',
  U0ALICE3: 'slack: [U0ALICE3], emails: [alice.private@example.org]',
  U0BOB: 'slack: [U0BOB, U0BOB2]',
  U0DAVE: 'slack: [U0DAVE], github: [dave-gh]',
  U0OPS: `slack: [U0OPS], os: [${JSON.stringify(userInfo().username)}]`,
}

const rule = (id: string, rest: string, channels: readonly string[] = LANES): string =>
  channels
    .map((channel, i) => `  - { id: ${id}-${i}, match: { action: "${id}.${i}.*" }, channel: ${channel}, ${rest} }`)
    .join('\n')
const asks = (id: string, approvals: string, more = ''): string =>
  rule(id, `effect: require_approval, approvals: [${approvals}]${more}`)

export interface PolicyParts {
  readonly jobs: string
  readonly people: string
  /** What an edit makes of it, while requests are pending: each test of `policies.test.ts` has its rule. */
  readonly isEdited?: boolean
}

export const policy = ({ jobs, people, isEdited = false }: PolicyParts): string => {
  const subjects = EVERYBODY.map((id) => {
    const accounts = JOINED[id] ?? `slack: [${id}]`
    return `  - { ${accounts}, oidc: [{ issuer: idp, subject: ${id} }] }`
  })
  return `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  owners: { usergroup: S0OWN }
  live: { usergroup: S0LIVE }
  sec: { usergroup: S0SEC }
  dba: { usergroup: S0DBA }
  empty: { usergroup: S0EMPTY }
  hers: { usergroup: S0HERS }
  alone: { users: [U0ALICE, W0ALICE] }
  oncall: { users: [U0ADMIN, U0CAROL, U0DAVE] }
  named: { users: [U0BOB, U0CAROL${isEdited ? ', U0LATE' : ''}] }
people:
${subjects.join('\n')}
${isEdited ? '  - { slack: [U0ERIN], emails: [mover@example.com] }' : '  - { slack: [U0MOVER, U0ALIAS] }'}
issuers:
  - id: github
    preset: github
    issuer: ${jobs}
    audience: countersign
    require: { repository_owner_id: "${ACME.owner}" }
  - { id: idp, preset: oidc, issuer: "${people}", audience: countersign, kind: person, require: { hd: example.com } }
defaults: { effect: deny, ttl: 1h, grant_ttl: 5m }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
${[
  asks('one', '{ from: owners }'),
  rule('strange', 'effect: require_approval, approvals: [{ from: owners }]', STRANGE),
  asks('two', '{ from: owners, count: 2 }'),
  asks('live', '{ from: live }'),
  asks('livetwo', '{ from: live, count: 2 }'),
  asks('closed', '{ from: live }', ', late_joiners: false'),
  asks('named', '{ from: named }'),
  asks('both', '{ from: sec }, { from: dba }'),
  asks('glass', '{ from: owners, count: 2 }', ', break_glass: { from: oncall, grant_ttl: 2m }'),
  asks('ownglass', '{ from: owners, count: 2 }', ', break_glass: { from: oncall, grant_ttl: 2m, self: true }'),
  asks('empty', '{ from: empty }'),
  asks('alone', '{ from: alone }'),
  asks('hers', '{ from: hers }'),
  asks('many', '{ from: sec, count: 3 }'),
  asks('loosened', `{ from: owners, count: ${isEdited ? 1 : 2} }`),
  asks('tightened', `{ from: owners, count: ${isEdited ? 3 : 2} }`),
  isEdited ? rule('forbidden', 'effect: deny') : asks('forbidden', '{ from: owners, count: 2 }'),
  rule('free', 'effect: allow'),
  rule('limited', 'effect: allow, limit: { count: 10, per: 1h }, approvals: [{ from: owners }]'),
  '  - { id: broad, match: { action: "order.*" }, effect: allow }',
  '  - { id: specific, match: { action: "order.drop" }, effect: deny }',
  '  - { id: public, match: { action: spoof.read, resource: "s3://public/**", environment: staging }, effect: allow }',
].join('\n')}
`
}
