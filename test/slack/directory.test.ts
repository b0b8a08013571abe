import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DirectoryError } from '../../src/eligibility.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { type SlackDirectory, slackDirectory } from '../../src/slack/directory.ts'
import { barred, memberOf, type SlackUser } from '../../src/slack/standing.ts'

const HOME = { teamId: 'T0SANDBOX', enterpriseId: null }

describe('the directory, asking Slack', () => {
  let sandbox: Sandbox
  let directory: SlackDirectory
  let nowMs = 0
  let teamId: string | null

  beforeEach(async () => {
    sandbox = await startSandbox()
    nowMs = Date.UTC(2026, 10, 20, 10)
    teamId = sandbox.teamId
    const { reading } = slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl })
    directory = slackDirectory({ reading, teamId: () => teamId, now: () => nowMs })
  })
  afterEach(() => sandbox.stop())
  const calls = (method: string) => sandbox.calls.filter((call) => call.method === method).length

  it.each([
    ['a full member', 'U0ALICE', null],
    ['an admin of the workspace', 'U0ADMIN', null],
    ['a guest', 'U0GUEST', 'guest'],
    ['a guest of one channel', 'U0GUEST1', 'guest'],
    ['somebody of another organisation', 'U0STRANGER', 'outsider'],
    ['a deactivated member', 'U0GONE', 'inactive'],
    ['a workflow', 'U0WFBOT', 'approver_not_human'],
    ['a bot', 'U0BOTTY', 'approver_not_human'],
    ['this app itself', 'U0SANDBOXAPP', 'approver_not_human'],
  ])('tells %s from the rest', async (_, userId, expected) => {
    expect((await directory.member(userId))?.barred).toBe(expected)
  })

  it('knows the time zone that she has set, where it is one', async () => {
    expect(await directory.zoneOf('U0BOB')).toBe('Europe/London')
    sandbox.setUser('U0CAROL', { tz: 'Middle/Earth' })
    expect(await directory.zoneOf('U0CAROL')).toBeNull()
    expect(await directory.zoneOf('U0NOBODY')).toBeNull()
    // The same answer of Slack's serves for both.
    await directory.member('U0BOB')
    expect(calls('users.info')).toBe(3)
  })

  it('tells a full member of another workspace of the same organisation', async () => {
    sandbox.addUser({ id: 'U0GRID', name: 'grid', team_id: 'T0OTHERGRID' })
    expect((await directory.member('U0GRID'))?.barred).toBe('outsider')
  })

  it('tells somebody who was invited but never came', async () => {
    sandbox.addUser({ id: 'U0INVITED', name: 'invited', is_invited_user: true })
    expect((await directory.member('U0INVITED'))?.barred).toBe('inactive')
  })

  it('knows a person by her id and her address, confirmed or not, never by a name', async () => {
    sandbox.setUser('U0ALICE', {
      is_email_confirmed: false,
      profile: { display_name: 'bob', email: 'Alice+x@Example.com' },
    })
    expect(await directory.member('U0ALICE')).toEqual({
      userId: 'U0ALICE',
      teamId: 'T0SANDBOX',
      name: 'bob',
      identities: ['slack:U0ALICE', 'email:alice@example.com'],
      emailConfirmed: false,
      barred: null,
    })
  })

  it('knows nobody by an address that looks like another’s', async () => {
    sandbox.setUser('U0ALICE', { profile: { email: '\u0430lice@example.com' } })
    expect((await directory.member('U0ALICE'))?.identities).toEqual(['slack:U0ALICE'])
  })

  it('says that a user does not exist', async () => {
    expect(await directory.member('U0NOBODY')).toBeNull()
  })

  it('reads the members of a group, and none of a disabled or unknown one', async () => {
    expect(await directory.groupMembers('S0DATA')).toEqual({ users: ['U0BOB', 'U0CAROL'], readAtMs: nowMs })
    sandbox.setGroup('S0SRE', { date_delete: 1_700_000_001 })
    expect((await directory.groupMembers('S0SRE')).users).toEqual([])
    expect((await directory.groupMembers('S0NONE')).users).toEqual([])
  })

  it('sees a channel that others can read, also while they are only invited', async () => {
    expect(await directory.isExternal('C0PROD')).toBe(false)
    expect(await directory.isExternal('C0SHARED')).toBe(true)
    sandbox.setChannel('C0RANDOM', { is_pending_ext_shared: true })
    expect(await directory.isExternal('C0RANDOM')).toBe(true)
    await expect(directory.isExternal('C0NONE')).rejects.toThrow(DirectoryError)
  })

  it('answers from memory for half a minute and reads anew after it', async () => {
    const asked = nowMs
    await directory.groupMembers('S0DATA')
    sandbox.setGroup('S0DATA', { users: ['U0BOB'] })
    nowMs += 29_999
    expect(await directory.groupMembers('S0DATA')).toEqual({ users: ['U0BOB', 'U0CAROL'], readAtMs: asked })
    nowMs += 1
    expect(await directory.groupMembers('S0DATA')).toEqual({ users: ['U0BOB'], readAtMs: nowMs })
  })

  it('reads anew where the clock was set back', async () => {
    await directory.member('U0ALICE')
    nowMs -= 1
    await directory.member('U0ALICE')
    expect(calls('users.info')).toBe(2)
  })

  it('asks once for many who ask at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => directory.member('U0ALICE')))
    expect(calls('users.info')).toBe(1)
  })

  it('forgets at once what an event of Slack’s has changed', async () => {
    await directory.groupMembers('S0DATA')
    await directory.member('U0BOB')
    await directory.isExternal('C0PROD')
    sandbox.setGroup('S0DATA', { users: [] })
    sandbox.setUser('U0BOB', { deleted: true })
    sandbox.setChannel('C0PROD', { is_ext_shared: true })
    directory.invalidate({ group: 'S0DATA', user: 'U0BOB', channel: 'C0PROD' })
    expect((await directory.groupMembers('S0DATA')).users).toEqual([])
    expect((await directory.member('U0BOB'))?.barred).toBe('inactive')
    expect(await directory.isExternal('C0PROD')).toBe(true)
  })

  it('does not keep an answer that was on its way when the event came', async () => {
    sandbox.fault({ method: 'users.info', kind: 'slow', ms: 50, times: 1 })
    const early = directory.member('U0BOB')
    directory.invalidate({ user: 'U0BOB' })
    await Promise.all([early, directory.member('U0BOB')])
    expect(calls('users.info')).toBe(2)
  })

  it('throws at once on a rate limit, and still answers what it knows', async () => {
    await directory.member('U0BOB')
    sandbox.fault({ method: 'users.info', kind: 'ratelimited', retryAfter: 30 })
    await expect(directory.member('U0CAROL')).rejects.toThrow(/users\.info: ratelimited/)
    expect((await directory.member('U0BOB'))?.barred).toBeNull()
    nowMs += 30_000
    await expect(directory.member('U0BOB')).rejects.toThrow(DirectoryError)
  })

  it.each([
    { kind: 'status', status: 503 },
    { kind: 'malformed' },
    { kind: 'reset_after_commit' },
    { kind: 'error', error: 'internal_error' },
    { kind: 'error', error: 'missing_scope' },
    { kind: 'error', error: 'plan_upgrade_required' },
    { kind: 'ratelimited', retryAfter: null },
  ] as const)('never guesses: %j is an error, and is not remembered', async (fault) => {
    sandbox.fault({ method: '*', times: 3, ...fault })
    await expect(directory.member('U0BOB')).rejects.toThrow(DirectoryError)
    await expect(directory.groupMembers('S0DATA')).rejects.toThrow(DirectoryError)
    await expect(directory.isExternal('C0PROD')).rejects.toThrow(DirectoryError)
    expect((await directory.member('U0BOB'))?.userId).toBe('U0BOB')
    expect((await directory.groupMembers('S0DATA')).users).toContain('U0BOB')
    expect(await directory.isExternal('C0PROD')).toBe(false)
  })

  it('gives up on a silent Slack before the click has to be acknowledged', async () => {
    sandbox.fault({ method: 'users.info', kind: 'timeout_before_commit', times: 1 })
    await expect(directory.member('U0BOB')).rejects.toThrow(DirectoryError)
  })

  it('knows nobody before it is connected', async () => {
    teamId = null
    await expect(directory.member('U0ALICE')).rejects.toThrow(DirectoryError)
    await expect(directory.groupMembers('S0DATA')).rejects.toThrow(DirectoryError)
  })
})

describe('whoever may decide', () => {
  const full: SlackUser = {
    id: 'U0ALICE',
    team_id: 'T0SANDBOX',
    deleted: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
  }

  it('is a full human member of our workspace', () => {
    expect(barred(full, HOME)).toBeNull()
  })

  it.each([
    ['USLACKBOT', { id: 'USLACKBOT' }, 'approver_not_human'],
    ['a connector', { is_connector_bot: true }, 'approver_not_human'],
    ['a user of the app’s own', { is_app_user: true }, 'approver_not_human'],
    ['a deleted bot', { is_bot: true, deleted: true }, 'approver_not_human'],
    ['an account without a team', { team_id: '' }, 'outsider'],
  ] as const)('is not %s', (_, patch, expected) => {
    expect(barred({ ...full, ...patch }, HOME)).toBe(expected)
  })

  it.each([
    ['is_bot', 'approver_not_human'],
    ['deleted', 'inactive'],
    ['team_id', 'outsider'],
    ['is_restricted', 'guest'],
    ['is_ultra_restricted', 'guest'],
  ] as const)('is nobody of whom Slack does not say %s', (field, expected) => {
    const { [field]: _, ...rest } = full
    expect(barred(rest, HOME)).toBe(expected)
  })

  it('on Grid is a member of our workspace, not merely of our organisation', () => {
    const home = { teamId: 'T0SANDBOX', enterpriseId: 'E0ORG' }
    const onGrid = (teams: string[], enterprise_id = 'E0ORG') => ({
      ...full,
      team_id: 'E0ORG',
      enterprise_user: { id: 'W0ALICE', enterprise_id, teams },
    })
    expect(barred(onGrid(['T0SANDBOX', 'T0OTHER']), home)).toBeNull()
    expect(barred(onGrid(['T0OTHER']), home)).toBe('outsider')
    expect(barred(onGrid(['T0SANDBOX'], 'E0EVIL'), home)).toBe('outsider')
    expect(barred(onGrid(['T0SANDBOX']), HOME)).toBe('outsider')
  })

  it('is one person under both of her Grid ids', () => {
    const grid = { ...full, enterprise_user: { id: 'W0ALICE', enterprise_id: 'E0ORG', teams: [] } }
    expect(memberOf(grid, 'U0ALICE', HOME).identities).toEqual(['slack:U0ALICE', 'slack:W0ALICE'])
  })
})
