import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import type { Directory } from '../../src/eligibility.ts'
import { policyLoaded } from '../../src/policy/evidence.ts'
import { policyFrom } from '../policy/policies.ts'
import { aCaller, aToken, member, T0 } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

/**
 * A policy is edited while a request is pending, with one vote in: one setting at a time, tightened and loosened. The stricter
 * of the policy it was opened under and the one in force judges it (B24, B25).
 */

/** What a policy of these tests says; what is left out is the usual. */
interface Law {
  readonly owners?: number
  readonly more?: string
  readonly rule?: string
  readonly effect?: string
  readonly match?: string
  readonly rules?: string
  readonly groups?: string
  readonly head?: string
  readonly admins?: string
  readonly channel?: string
}

const textOf = (law: Law) =>
  `version: 1
slack: { channel: ${law.channel ?? 'C0APPROVALS'} }
admins: [${law.admins ?? 'U0ROOT'}]
groups: { owners: { usergroup: S0OWN }, sre: { usergroup: S0SRE }, on-call: { usergroup: S0CALL }, chiefs: { usergroup: S0CHIEF } }
${law.head ?? ''}
rules:
  - id: export
    match: { action: "${law.match ?? 'data.export'}" }
    effect: ${law.effect ?? 'require_approval'}
${law.effect === 'deny' ? '' : `    approvals: [{ from: owners, count: ${law.owners ?? 2} }${law.more ?? ''}]`}
${law.rule ? `    ${law.rule}` : ''}
${law.rules ?? ''}`.replace('owners: { usergroup: S0OWN }', law.groups ?? 'owners: { usergroup: S0OWN }')

const TOWN: Readonly<Record<string, readonly string[]>> = {
  S0OWN: ['U0BOB', 'U0CAROL', 'U0ERIN'],
  S0SRE: ['U0DAN'],
  S0CALL: ['U0ONA'],
  S0CHIEF: ['U0CHIEF'],
  S0SMALL: ['U0BOB', 'U0ERIN'],
}

interface Open {
  readonly house: Awaited<ReturnType<typeof house>>
  readonly town: { now: number; groups: Record<string, readonly string[]>; gone: Set<string> }
  readonly request: ApprovalRequest
}
type Then = (open: Open) => Promise<string>

const says =
  (userId: string, verdict: 'approve' | 'deny' = 'approve'): Then =>
  ({ house: h, request }) =>
    h.click(request, userId, verdict)
const breaks =
  (userId: string): Then =>
  ({ house: h, request }) =>
    h.breaks(request, userId)
/** Carol says yes: how long it may be used, in seconds. */
const usable: Then = async ({ house: h, town, request }) => {
  await h.click(request, 'U0CAROL')
  return `${(((await h.store.request(request.id))?.grantExpiresAtMs ?? town.now) - town.now) / 1000}s`
}
const carol = says('U0CAROL')
const later =
  (ms: number): Then =>
  (open) => {
    open.town.now += ms
    return carol(open)
  }
const joined =
  (userId: string): Then =>
  (open) => {
    open.town.groups.S0OWN = [...(TOWN.S0OWN ?? []), userId]
    return says(userId)(open)
  }
const vanished: Then = (open) => {
  open.town.gone.add('U0MOVER')
  return carol(open)
}
const revoked: Then = async ({ house: h, request }) => {
  await h.click(request, 'U0CAROL')
  return outcomeOf(await h.service.revoke(person('U0ROOT'), { requestId: request.id, reason: null }))
}

interface Edit {
  /** As the schema names it: `rule.ttl` of a rule, `issuers.owners` of an issuer, the others of the file. */
  readonly setting: string
  readonly what: string
  readonly loose: Law
  readonly strict: Law
  /** Opened by the loose policy, then judged by the strict one; null where there is no such way. */
  readonly tightened: string | null
  /** Opened by the strict policy, then judged by the loose one. A refusal is that of the ask itself. */
  readonly loosened: string | null
  readonly next?: Then
  readonly first?: Then
  readonly ask?: Partial<Ask>
  readonly caller?: (law: Law) => Caller
}

const GLASS = 'break_glass: { from: on-call'
const ISSUER = (more = '') =>
  `issuers: [{ id: ci, preset: oidc, kind: workload, issuer: "https://ci.example.com", audience: cs, require: { sub: "1" }, owners: [U0ALICE${more}] }]`
/** Owners come from the policy with the token. */
const CI = ({ head }: Law) => aToken({ owners: head?.includes('U0CAROL') ? ['U0ALICE', 'U0CAROL'] : ['U0ALICE'] })
const GHOST = () => aToken({ owners: ['U0ALICE'], humans: [['github:ghost', 'github_id:7']] })
const DENY = (more: string) => `  - { id: never, match: { action: "data.*" }, effect: deny, ${more} }`

const EDITS: readonly Edit[] = [
  {
    setting: 'rule.approvals',
    what: 'a larger count',
    ...{ loose: {}, strict: { owners: 3 }, tightened: 'pending', loosened: 'pending' },
  },
  {
    setting: 'rule.approvals',
    what: 'one more group',
    ...{ loose: {}, strict: { more: ', { from: sre }' }, tightened: 'pending', loosened: 'pending' },
  },
  {
    setting: 'groups',
    what: 'a group that is another one now, without the one who clicks',
    ...{ loose: {}, strict: { groups: 'owners: { usergroup: S0SMALL }' } },
    ...{ tightened: 'not_an_approver', loosened: 'not_an_approver' },
  },
  {
    setting: 'groups',
    what: 'a group that is another one now, without the one who said yes',
    ...{ loose: {}, strict: { groups: 'owners: { users: [U0CAROL, U0ERIN] }' } },
    ...{ tightened: 'pending', loosened: 'pending' },
  },
  {
    setting: 'rule.ttl',
    what: 'less time than has passed',
    ...{ loose: {}, strict: { rule: 'ttl: 5m' }, next: later(600_000), tightened: 'expired', loosened: 'expired' },
  },
  {
    setting: 'defaults',
    what: 'less time than has passed, by default',
    ...{ loose: {}, strict: { head: 'defaults: { ttl: 5m }' }, next: later(600_000) },
    ...{ tightened: 'expired', loosened: 'expired' },
  },
  {
    setting: 'rule.grant_ttl',
    what: 'a yes that is good for less time',
    ...{ loose: {}, strict: { rule: 'grant_ttl: 60s' }, next: usable, tightened: '60s', loosened: '60s' },
  },
  {
    setting: 'rule.deny_count',
    what: 'fewer denies that end it',
    ...{ loose: { rule: 'deny_count: 2' }, strict: {}, first: says('U0BOB', 'deny') },
    ...{ tightened: 'denied', loosened: 'already_decided' },
  },
  {
    setting: 'rule.effect',
    what: 'a deny in place of people',
    ...{ loose: {}, strict: { effect: 'deny' }, tightened: 'denied', loosened: 'already_decided' },
  },
  {
    setting: 'rule.effect',
    what: 'people in place of an allow',
    ...{ loose: { effect: 'allow', rule: 'limit: { count: 1000, per: 1h }' }, strict: { owners: 3 } },
    ...{ tightened: null, loosened: 'pending' },
  },
  {
    setting: 'rules',
    what: 'no rule that speaks of it any more',
    ...{ loose: {}, strict: { match: 'data.import' }, tightened: 'denied', loosened: 'already_decided' },
  },
  {
    setting: 'rule.match',
    what: 'a deny that fits it now',
    ...{ loose: { rules: DENY('ttl: 1h').replace('data.*', 'db.*') }, strict: { rules: DENY('ttl: 1h') } },
    ...{ tightened: 'denied', loosened: 'already_decided' },
  },
  {
    setting: 'rule.when',
    what: 'a condition of a deny that is true now',
    ...{ loose: { rules: DENY("when: 'params.rows > 5000'") }, strict: { rules: DENY("when: 'params.rows > 1000'") } },
    ...{ tightened: 'denied', loosened: 'already_decided' },
  },
  {
    setting: 'rule.when',
    what: 'a condition that cannot be judged',
    ...{
      loose: {},
      strict: { rules: DENY("when: 'params.no > 1'") },
      tightened: 'denied',
      loosened: 'already_decided',
    },
  },
  {
    setting: 'rule.during',
    what: 'a window of a deny that is open now',
    ...{ loose: { rules: DENY('during: { dates: { to: 2020-01-01 }, zone: UTC }') } },
    ...{ strict: { rules: DENY('during: { dates: { from: 2020-01-01 }, zone: UTC }') } },
    ...{ tightened: 'not_now', loosened: 'already_decided' },
  },
  {
    setting: 'rule.reason_required',
    what: 'a reason for a yes',
    ...{ loose: {}, strict: { rule: 'reason_required: [approve]' } },
    ...{ first: async () => '', tightened: 'reason_required', loosened: 'reason_required' },
  },
  {
    setting: 'rule.must_show',
    what: 'something shown that is masked',
    ...{ loose: {}, strict: { rule: 'must_show: [/query]' }, ask: { params: { query: 'x' }, sensitive: ['/query'] } },
    ...{ tightened: 'denied', loosened: 'must_show' },
  },
  {
    setting: 'rule.late_joiners',
    what: 'no late joiners: nobody knows any more who they are',
    ...{ loose: {}, strict: { rule: 'late_joiners: false' } },
    ...{ tightened: 'policy_changed', loosened: 'approved' },
  },
  {
    setting: 'rule.late_joiners',
    what: 'no late joiners, and one clicks',
    ...{ loose: {}, strict: { rule: 'late_joiners: false' }, next: joined('U0LATE') },
    ...{ tightened: 'policy_changed', loosened: 'not_an_approver' },
  },
  {
    setting: 'rule.break_glass',
    what: 'nobody breaks the glass',
    ...{ loose: { rule: `${GLASS} }` }, strict: {}, next: breaks('U0ONA') },
    ...{ tightened: 'break_glass_not_allowed', loosened: 'break_glass_not_allowed' },
  },
  {
    setting: 'rule.break_glass',
    what: 'others break the glass',
    ...{ loose: { rule: `${GLASS} }` }, strict: { rule: 'break_glass: { from: chiefs }' }, next: breaks('U0ONA') },
    ...{ tightened: 'not_an_approver', loosened: 'not_an_approver' },
  },
  {
    setting: 'rule.break_glass',
    what: 'not those behind the ask',
    ...{ loose: { rule: `${GLASS}, self: true }` }, strict: { rule: `${GLASS} }` }, next: breaks('U0ALICE') },
    ...{ tightened: 'self_approval', loosened: 'self_approval' },
  },
  {
    setting: 'rule.limit',
    what: 'an allow that is used up sooner: an ask that went to people stays with them',
    ...{ loose: { effect: 'allow', rule: 'limit: { count: 2, per: 1h }', owners: 3 } },
    ...{ strict: { effect: 'allow', rule: 'limit: { count: 1, per: 1h }', owners: 3 } },
    ...{ tightened: null, loosened: 'pending' },
  },
  {
    setting: 'unresolved_requester',
    what: 'nobody whom no one can name, where that was taken',
    ...{ loose: { head: `unresolved_requester: allow\n${ISSUER()}` }, strict: { head: ISSUER() }, caller: GHOST },
    ...{ tightened: 'requester_unresolved', loosened: 'requester_unresolved' },
  },
  {
    setting: 'unresolved_requester',
    what: 'nobody whom no one can name, and she has vanished since',
    ...{ loose: { head: 'unresolved_requester: allow' }, strict: {}, next: vanished },
    ask: { requester: { on_behalf_of: { slack_user_id: 'U0MOVER' } } },
    ...{ tightened: 'requester_unresolved', loosened: 'requester_unresolved' },
  },
  {
    setting: 'people',
    what: 'two approvers who are one human',
    ...{ loose: {}, strict: { head: 'people: [{ slack: [U0BOB, U0CAROL] }]' } },
    ...{ tightened: 'already_counted', loosened: 'already_counted' },
  },
  {
    setting: 'people',
    what: 'two approvers who are one human, neither of whom had spoken when the link went',
    ...{ loose: {}, strict: { head: 'people: [{ slack: [U0BOB, U0CAROL] }]' }, first: async () => '' },
    next: async (open) => `${await says('U0BOB')(open)}, ${await carol(open)}`,
    ...{ tightened: 'pending, already_counted', loosened: 'pending, already_counted' },
  },
  {
    setting: 'people',
    what: 'an approver who is the requester',
    ...{ loose: {}, strict: { head: 'people: [{ slack: [U0ALICE, U0CAROL] }]' } },
    ...{ tightened: 'self_approval', loosened: 'self_approval' },
  },
  {
    setting: 'admins',
    what: 'no admin any more, who then revokes',
    ...{ loose: {}, strict: { admins: 'U0OTHER' }, next: revoked, tightened: 'not_revocable', loosened: 'cancelled' },
  },
  {
    setting: 'issuers',
    what: 'an issuer that is not trusted any more',
    ...{ loose: { head: ISSUER() }, strict: {}, caller: CI, tightened: 'cancelled', loosened: null },
  },
  {
    setting: 'issuers.issuer',
    what: 'another issuer of the same name',
    ...{ loose: { head: ISSUER() }, strict: { head: ISSUER().replace('ci.example', 'other.example') }, caller: CI },
    ...{ tightened: 'cancelled', loosened: null },
  },
  {
    setting: 'issuers.owners',
    what: 'one more who answers for its workloads',
    ...{ loose: { head: ISSUER() }, strict: { head: ISSUER(', U0CAROL') }, caller: CI },
    ...{ tightened: 'self_approval', loosened: 'self_approval' },
  },
]

/** What a change of it never does to an open request, and why that is no loosening. docs/policy.md says so. */
const BINDS_NO_OPEN_REQUEST: readonly string[] = [
  // A name.
  ...['version', 'rule.id', 'issuers.id'],
  // Where it is announced: its cards stand where they stand.
  ...['slack', 'rule.channel'],
  // How much may be asked, and by whom: judged when somebody asks.
  ...['limits', 'issuers.scopes', 'issuers.act_for', 'issuers.actions', 'issuers.environments', 'issuers.require'],
  ...['issuers.audience', 'issuers.kind', 'issuers.preset', 'issuers.jwks_uri'],
  // What was shown was shown, and is stored so.
  'redact',
]

async function openedUnder(law: Law, edit: Edit): Promise<Open | string> {
  const town = { now: T0, groups: { ...TOWN }, gone: new Set<string>() }
  const directory: Partial<Directory> = {
    member: async (id) => (town.gone.has(id) ? null : member(id)),
    groupMembers: async (id) => ({ users: town.groups[id] ?? [], readAtMs: town.now }),
  }
  const h = await house(textOf(law), directory, () => town.now, { members: (id) => town.groups[id] ?? null })
  await h.service.record(policyLoaded(policyFrom(textOf(law)), null, town.now))
  // A limited allow is used up first.
  for (let n = law.effect === 'allow' ? Number(/count: (\d+)/.exec(law.rule ?? '')?.[1]) : 0; n > 0; n--) await h.ask()
  const answer = await h.submit(edit.ask ?? {}, edit.caller?.(law) ?? aCaller())
  if (isRefusal(answer)) return answer.refused
  return { house: h, town, request: answer.request }
}

async function change(edit: Edit, from: Law, to: Law): Promise<string> {
  const open = await openedUnder(from, edit)
  if (typeof open === 'string') return open
  await (edit.first ?? says('U0BOB'))(open)
  open.house.setPolicy(textOf(to))
  return (edit.next ?? carol)(open)
}

describe('B25 tightening binds a pending request', () => {
  const edits = EDITS.filter(({ tightened }) => tightened !== null)
  test.each(edits.map((e) => [e.setting, e.what, e] as const))('%s: %s', async (_setting, _what, edit) => {
    expect(await change(edit, edit.loose, edit.strict)).toBe(edit.tightened)
  })
})

describe('B24 loosening helps no pending request', () => {
  const edits = EDITS.filter(({ loosened }) => loosened !== null)
  test.each(edits.map((e) => [e.setting, e.what, e] as const))('%s: %s', async (_setting, _what, edit) => {
    expect(await change(edit, edit.strict, edit.loose)).toBe(edit.loosened)
  })
})

describe('what is only for those who ask anew', () => {
  test('another channel: the request is announced where it was', async () => {
    const open = await openedUnder({}, EDITS[0] as Edit)
    if (typeof open === 'string') throw new Error(open)
    open.house.setPolicy(textOf({ channel: 'C0OTHER' }))
    await open.house.click(open.request, 'U0BOB')
    expect((await open.house.store.request(open.request.id))?.policy.channels).toEqual(['C0APPROVALS'])
    expect(await open.house.click(open.request, 'U0CAROL')).toBe('approved')
  })

  test('another name that is masked: what was shown stays as it was shown, also to every condition', async () => {
    const asked = { ...(EDITS[0] as Edit), ask: { params: { iban: 'DE02', rows: 1 } } }
    const open = await openedUnder({}, asked)
    if (typeof open === 'string') throw new Error(open)
    const rules = DENY(`when: 'params.iban == "x"'`)
    open.house.setPolicy(textOf({ head: 'redact: [iban]', rules }))
    await open.house.click(open.request, 'U0BOB')
    expect(await open.house.click(open.request, 'U0CAROL')).toBe('approved')
    const masked = await openedUnder({ head: 'redact: [iban]' }, asked)
    if (typeof masked === 'string') throw new Error(masked)
    masked.house.setPolicy(textOf({ rules }))
    expect(await masked.house.click(masked.request, 'U0BOB')).toBe('denied')
  })
})

test('every setting of the language is spoken of here', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema/policy.schema.json'), 'utf8'))
  const { rules, issuers } = schema.properties
  const settings = [
    ...Object.keys(schema.properties),
    ...Object.keys(rules.items.properties).map((name) => `rule.${name}`),
    ...Object.keys(issuers.items.properties).map((name) => `issuers.${name}`),
  ]
  const known = new Set([...EDITS.map(({ setting }) => setting), ...BINDS_NO_OPEN_REQUEST])
  expect(settings.filter((name) => !known.has(name))).toEqual([])
  expect([...known].filter((name) => !settings.includes(name))).toEqual([])
})
