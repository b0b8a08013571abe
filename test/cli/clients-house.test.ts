import { userInfo } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Answer, Api } from '../api.ts'
import { openScene, type Scene } from '../house.ts'
import { approve, cardOf } from '../people.ts'
import { run } from './run.ts'

/** Clients made and changed by the command line as a process of its own, beside a house that serves the same file. */

/** The account that these tests run as is Dave's. */
const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups: { data-owners: { usergroup: S0DATA } }
people:
  - { slack: [U0DAVE], os: [${JSON.stringify(userInfo().username)}] }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
  - id: exports
    match: { action: data.export }
    effect: require_approval
    approvals: [{ from: data-owners, count: 1 }]
`
const EXPORT = { action: 'data.export', environment: 'production', params: { rows: 12 } }

let scene: Scene
beforeAll(async () => {
  scene = await openScene('socket', { policy: POLICY })
  scene.slack.setGroup('S0DATA', { users: ['U0ALICE', 'U0BOB', 'U0CAROL', 'U0DAVE'] })
})
afterAll(() => scene.close())

async function clients(...args: string[]): Promise<string> {
  const { directory, databaseFile } = scene.place
  const ended = await run(['clients', ...args], directory, { DATABASE_URL: `file:${databaseFile}` })
  if (ended.code !== 0) throw new Error(ended.stderr)
  return ended.stdout
}

async function create(...args: string[]): Promise<{ id: string; key: string; api: Api }> {
  const { id, key } = JSON.parse(await clients('create', 'pipeline', '--json', ...args))
  return { id, key, api: apiOf(key) }
}

const apiOf = (key: string): Api => new Api(() => scene.house().url, key)
const secretOf = (key: string): string => key.slice(-43)

/** Each of them clicks Approve, and each is told that she stands behind the ask. */
async function isRefusedTo(asked: Answer, ...people: string[]): Promise<void> {
  expect(asked.status).toBe(201)
  const { slack } = scene
  const card = await cardOf(slack, 'C0APPROVALS', asked.body.id)
  for (const person of people) {
    const told = slack.as(person).ephemerals().length
    expect((await approve(slack, person, card)).acked).toBe(true)
    const answer = await slack.until(() => slack.as(person).ephemerals()[told], `${person} to be told something`)
    expect(answer.text + JSON.stringify(answer.blocks)).toMatch(/behind this ask/)
  }
}

async function isApprovedBy(api: Api, asked: Answer, person: string): Promise<void> {
  const card = await cardOf(scene.slack, 'C0APPROVALS', asked.body.id)
  await approve(scene.slack, person, card)
  const { body } = await api.get(asked.body.id, 10)
  expect(body).toMatchObject({ status: 'approved', decisions: [{ approver: { slack_user_id: person } }] })
}

it('B7 B8 neither the owner nor the creator of a key can approve what it asks', async () => {
  const { api } = await create('--owner', 'U0ALICE', '--creator', 'U0BOB')
  const asked = await api.ask(EXPORT)
  await isRefusedTo(asked, 'U0ALICE', 'U0BOB')
  expect((await api.get(asked.body.id)).body).toMatchObject({ status: 'pending', decisions: [] })
  await isApprovedBy(api, asked, 'U0CAROL')
})

it('B29 an admin who mints a key, in whoever’s name, cannot approve what it asks', async () => {
  for (const more of [[], ['--creator', 'U0CAROL']]) {
    const { api } = await create('--owner', 'U0ALICE', ...more)
    const asked = await api.ask(EXPORT)
    await isRefusedTo(asked, 'U0DAVE')
    await isApprovedBy(api, asked, 'U0BOB')
  }
})

it('B29 nor can one who rotates it and so has seen a key', async () => {
  const made = await scene.place.newClient('pipeline', { owners: ['U0ALICE'], makers: ['slack:U0ADMIN'] })
  const [, id = ''] = made.split('_')
  const api = apiOf(JSON.parse(await clients('rotate', id, '--json')).key)
  const asked = await api.ask(EXPORT)
  await isRefusedTo(asked, 'U0DAVE')
  await isApprovedBy(api, asked, 'U0BOB')
})

it('B30 an owner who steps down stays behind what was asked, and behind what is asked after', async () => {
  const { id, api } = await create('--owner', 'U0ALICE', '--creator', 'U0ADMIN')
  const before = await api.ask(EXPORT)
  await clients('update', id, '--owner', 'U0BOB')
  const after = await api.ask(EXPORT)
  await isRefusedTo(before, 'U0ALICE')
  await isRefusedTo(after, 'U0ALICE', 'U0BOB')
  // The new owner had no part in what was asked before.
  await isApprovedBy(api, before, 'U0BOB')
  await isApprovedBy(api, after, 'U0CAROL')
})

it('T10 a key that is revoked or rotated beside the running server is refused by the next call', async () => {
  const { id, api } = await create('--owner', 'U0ALICE')
  expect((await api.call('GET', '/v1/requests')).status).toBe(200)
  const second = apiOf(JSON.parse(await clients('rotate', id, '--overlap', '1h', '--json')).key)
  const works = async () => [
    (await api.call('GET', '/v1/requests')).status,
    (await second.call('GET', '/v1/requests')).status,
  ]
  expect(await works()).toEqual([200, 200])
  await clients('update', id, '--end-overlap')
  expect(await works()).toEqual([401, 200])
  await clients('revoke', id)
  expect(await works()).toEqual([401, 401])
})

it('T10 where, until when and for what a key may be used changes beside the running server', async () => {
  const { id, api } = await create('--owner', 'U0ALICE', '--action', 'data.*', '--environment', 'prod*')
  expect((await api.ask(EXPORT)).status).toBe(201)
  expect(await api.ask({ action: 'cache.flush', environment: 'production' })).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  })
  await clients('update', id, '--environment', 'staging')
  expect((await api.ask(EXPORT)).status).toBe(403)
  await clients('update', id, '--any-environment', '--ip', '192.0.2.0/24')
  expect((await api.ask(EXPORT)).status).toBe(401)
  await clients('update', id, '--any-ip')
  expect((await api.ask(EXPORT)).status).toBe(201)
})

it('T10 the owner sees when a key was last used, and that another never was', async () => {
  const [used, unused] = [await create('--owner', 'U0ALICE'), await create('--owner', 'U0ALICE')]
  await used.api.call('GET', '/v1/requests')
  const lastUse = async (id: string): Promise<string | null> =>
    JSON.parse(await clients('show', id, '--json')).last_used_at
  await expect.poll(() => lastUse(used.id), { timeout: 15_000 }).toMatch(/Z$/)
  expect(await clients('list')).toMatch(new RegExp(`^${used.id} .*\\n.*\\n.*\\n  last used a moment ago$`, 'm'))
  expect(await lastUse(unused.id)).toBeNull()
})

it('T10 no key, of now or of before, stands anywhere but with the caller', async () => {
  const { id, key, api } = await create('--owner', 'U0ALICE', '--expires', '90d', '--ip', '127.0.0.0/8')
  const asked = await api.ask(EXPORT)
  const fresh: string = JSON.parse(await clients('rotate', id, '--overlap', '1h', '--json')).key
  expect((await apiOf(fresh).ask(EXPORT)).status).toBe(201)
  await clients('update', id, '--ip', '192.0.2.0/24')
  expect((await api.get(asked.body.id)).status).toBe(401)
  await clients('revoke', id)
  expect((await apiOf(fresh).ask(EXPORT)).status).toBe(401)
  const shown = (await clients('list')) + (await clients('show', id)) + (await clients('list', '--json'))
  for (const secret of [key, fresh].map(secretOf)) expect(shown).not.toContain(secret)
  expect(await scene.place.problems([key, fresh].map(secretOf))).toEqual([])
})
