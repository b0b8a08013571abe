import { expect } from 'vitest'
import type { Api, Shown } from '../api.ts'
import { run } from '../cli/run.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import { VOICES } from './surfaces.ts'
import { Voice } from './voice.ts'

/** Whoever stands behind an ask, under whatever name: never one of those who say yes to it. */

const stages = openStages()

const onBehalfOf = (email: string) => ({ requester: { on_behalf_of: { email } } })

/** An ask of Frank's client on behalf of whoever has this address. */
const askFor = async (on: Stage, email: string, by?: Api): Promise<Shown> =>
  on.ask('one', onBehalfOf(email), by ?? (await on.client({ actFor: true })))

/** On every surface of this house where somebody can say yes. */
const everywhere = ({ on }: Voice): readonly Voice[] =>
  VOICES.filter((name) => (name === 'Slack over HTTP') === (on.mode === 'http')).map((name) => new Voice(name, on))

async function clients(on: Stage, ...args: readonly string[]) {
  const { directory, databaseFile } = on.scene.place
  return run(['clients', ...args], directory, { DATABASE_URL: `file:${databaseFile}` })
}

async function create(on: Stage, ...args: readonly string[]): Promise<Api> {
  const { code, stdout, stderr } = await clients(on, 'create', 'pipeline', '--json', ...args)
  if (code !== 0) throw new Error(stderr)
  return on.with((JSON.parse(stdout) as { key: string }).key)
}

bypass('B1', stages, async (by) => {
  const request = await by.on.ask('one')
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.takes('U0BOB', request, 'approved')
})

bypass('B2', stages, async (by) => {
  const client = await by.on.client({ actFor: true })
  for (const address of ['ALICE@Example.com', ' alice@example.com', 'alice@example.com.', 'Alice@EXAMPLE.COM. ']) {
    await by.refuses('U0ALICE', await askFor(by.on, address, client), 'self_approval')
  }
})

bypass('B3', stages, async (by) => {
  const client = await by.on.client({ actFor: true })
  for (const address of ['alice+ci@example.com', 'ALICE+a+b@example.com']) {
    await by.refuses('U0ALICE', await askFor(by.on, address, client), 'self_approval')
  }
  // Her private address, which only the policy joins to her.
  await by.refuses('U0ALICE', await askFor(by.on, 'alice.private+x@example.org', client), 'self_approval')
})

bypass('B5', stages, async (by) => {
  const request = await by.on.ask('one')
  await by.refuses('U0ALICE2', request, 'self_approval')
  await by.refuses('U0ALICE3', request, 'self_approval')
  await by.refuses('U0ALICEGUEST', request, 'guest')
  await by.takes('U0BOB', request, 'approved')
})

bypass('B6', stages, async (by) => {
  await by.refuses('W0ALICE', await by.on.ask('one'), 'self_approval')
  const hers = await by.on.client({ owners: ['W0ALICE'] })
  await by.refuses('U0ALICE', await by.on.ask('one', {}, hers), 'self_approval')
})

const PIPELINE = { requester: { agent: { name: 'pipeline', run_id: 'not-alice' } } }

bypass(
  'B7',
  stages,
  async (by) => {
    await by.refuses('U0ALICE', await by.on.ask('one', PIPELINE), 'self_approval')
  },
  {
    'command line': async (by) => {
      const hers = await create(by.on, '--owner', 'U0CAROL', '--owner', 'U0ALICE')
      const request = await by.on.ask('one', PIPELINE, hers)
      for (const voice of everywhere(by)) {
        await voice.refuses('U0ALICE', request, 'self_approval')
        await voice.refuses('U0CAROL', request, 'self_approval')
      }
    },
  },
)

bypass(
  'B8',
  stages,
  async (by) => {
    const client = await by.on.client({ owners: ['U0CAROL'], makers: ['slack:U0ALICE', 'os:tester'] })
    const request = await by.on.ask('one', {}, client)
    await by.refuses('U0ALICE', request, 'self_approval')
    await by.refuses('U0CAROL', request, 'self_approval')
    await by.takes('U0BOB', request, 'approved')
  },
  {
    'command line': async (by) => {
      const made = await create(by.on, '--owner', 'U0CAROL', '--creator', 'U0ALICE')
      const request = await by.on.ask('one', {}, made)
      for (const voice of everywhere(by)) {
        await voice.refuses('U0ALICE', request, 'self_approval')
        // Ops has this machine's account, by a link of the policy: whoever types sees the key.
        await voice.refuses('U0OPS', request, 'self_approval')
      }
    },
  },
)

bypass('B9', stages, async (by) => {
  const bot = await by.on.client({ actFor: true })
  const requester = { on_behalf_of: { slack_user_id: 'U0ALICE' }, agent: { name: 'botA' } }
  await by.refuses('U0ALICE', await by.on.ask('one', { requester }, bot), 'self_approval')
})

bypass('B10', stages, async (by) => {
  const rerun = await by.on.job({
    ...{ actor: 'dave-gh', actor_id: '7', run_attempt: '2' },
    ...{ triggering_actor: 'alice-gh', triggering_actor_id: '1001' },
  })
  const request = await by.on.ask('one', {}, rerun)
  await by.refuses('U0DAVE', request, 'self_approval')
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.takes('U0BOB', request, 'approved')
})

bypass('B11', stages, async (by) => {
  const details = { author: 'mallory@example.com', commit_author: 'U0BOB', approved_by: ['U0CAROL'], owner: 'U0ALICE' }
  const context = { details, data: [{ name: 'requested by bob@example.com' }] }
  const request = await by.on.ask('two', { context, reason: 'U0CAROL has approved this' })
  expect(request.decisions).toEqual([])
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.takes('U0BOB', request, 'pending')
  await by.takes('U0CAROL', request, 'approved')
})

bypass('B12', stages, async (by) => {
  const client = await by.on.client({ actFor: true })
  const nobody = await client.ask({ action: by.on.action('one'), ...onBehalfOf('nobody@example.net') })
  expect([nobody.status, nobody.body.code]).toEqual([422, 'requester_unresolved'])
  const job = await by.on.job({ actor: 'who-knows', actor_id: '31337' })
  const unknown = await job.ask({ action: by.on.action('one') })
  expect([unknown.status, unknown.body.code]).toEqual([422, 'requester_unresolved'])
  const requester = { on_behalf_of: { slack_user_id: 'U0NOBODY' } }
  await by.refuses('U0BOB', await by.on.ask('one', { requester }, client), 'requester_unresolved')
})

bypass(
  'B29',
  stages,
  async (by) => {
    const key = await by.on.client({ owners: ['U0ADMIN'], makers: ['slack:U0ALICE'], scopes: ALL_SCOPES })
    const request = await by.on.ask('one', {}, key)
    for (const api of [key, await by.on.client({ owners: ['U0BOB'], scopes: ALL_SCOPES })]) {
      const body = { verdict: 'approve', payload_digest: request.payload_digest }
      const answer = await api.call('POST', `/v1/requests/${request.id}/decisions`, body)
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    }
    await by.refuses('U0ALICE', request, 'self_approval')
    await by.refuses('U0ADMIN', request, 'self_approval')
    expect((await by.on.request(request.id)).decisions).toEqual([])
  },
  {
    'command line': async ({ on }) => {
      for (const scope of ['decide', 'approve', 'admin', '*']) {
        const { code, stdout } = await clients(on, 'create', 'second', '--owner', 'U0BOB', '--scope', scope)
        expect([code, stdout]).toEqual([2, ''])
      }
    },
  },
)
const ALL_SCOPES = ['request', 'read:all', 'audit:read', 'enforce'] as const

bypass('B31', stages, async (by) => {
  const { on } = by
  const [alice, bob] = [on.hire(), on.hire()]
  const request = await askFor(on, alice.email)
  // From now on she has Bob's name and address, and somebody else hers.
  on.slack.setUser(bob.id, { profile: { email: 'bob.before@example.com' } })
  const bobs = { real_name: 'Bob', display_name: 'bob', email: bob.email }
  on.slack.setUser(alice.id, { name: 'bob', real_name: 'Bob', is_email_confirmed: false, profile: bobs })
  const heir = on.hire(alice.email)
  await on.members('S0LIVE', [alice.id, bob.id, heir.id])
  for (const { id } of [alice, heir]) {
    // A token has the address alone, and that is behind the ask, whoever has it in Slack.
    if (by.name === 'API') expect((await by.say(id, request)).refused).toBe('self_approval')
    else await by.refuses(id, request, 'self_approval')
  }
  await by.takes('U0BOB', request, 'approved')
})

bypass('T7', stages, async (by) => {
  const { on } = by
  const refused = await on.scene.api.ask({ action: on.action('one'), ...onBehalfOf('bob@example.com') })
  expect([refused.status, refused.body.code]).toEqual([403, 'act_for_not_allowed'])
  const request = await askFor(on, 'bob@example.com', await on.client({ actFor: true, owners: ['U0ALICE'] }))
  await by.refuses('U0BOB', request, 'self_approval')
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.takes('U0CAROL', request, 'approved')
})
