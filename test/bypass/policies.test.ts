import { rmSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Api, type Shown } from '../api.ts'
import { eventually } from '../eventually.ts'
import type { Mode } from '../house.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import { VOICES } from './surfaces.ts'
import { Voice } from './voice.ts'

/** The policy is edited while requests are pending: nothing that was asked before is loosened by it. */

const KINDS = ['loosened', 'tightened', 'forbidden', 'named', 'one', 'two'] as const
type Kind = (typeof KINDS)[number]

const stages = openStages()
/** Asked for each surface before anything was edited. */
const asked = new Map<string, Shown>()
const openOf = (by: Voice, kind: Kind): Shown => {
  const request = asked.get(`${by.on.mode} ${by.name} ${kind}`)
  if (!request) throw new Error(`nothing was asked for ${by.name}`)
  return request
}
const MODES: readonly Mode[] = ['http', 'socket']
const voicesOf = (on: Stage): Voice[] =>
  VOICES.filter((name) => (name === 'Slack over HTTP') === (on.mode === 'http')).map((name) => new Voice(name, on))

/** The file says this from now on, and the house judges by it. */
async function edit(on: Stage, text: string): Promise<void> {
  const known = await loaded(on)
  writeFileSync(on.scene.place.policyFile, text)
  await eventually(async () => (await loaded(on)) > known || null, 'the policy to be in force')
}

const loaded = async (on: Stage): Promise<number> =>
  (await entriesOf(on)).filter((type) => type === 'policy.loaded').length

async function entriesOf(on: Stage): Promise<readonly string[]> {
  const { reads } = on.scene.house().service
  const entries = await reads.auditEntries(0, (await reads.head()).size)
  return entries.map(({ envelope }) => (JSON.parse(envelope) as { type: string }).type)
}

beforeAll(async () => {
  for (const mode of MODES) {
    const on = stages(mode)
    const client = await on.client({ actFor: true })
    const requester = { on_behalf_of: { slack_user_id: 'U0MOVER' } }
    for (const by of voicesOf(on)) {
      for (const kind of KINDS) {
        const more = kind === 'one' || kind === 'two' ? { requester } : {}
        asked.set(
          `${mode} ${by.name} ${kind}`,
          await on.ask(kind, more, kind === 'one' || kind === 'two' ? client : on.scene.api),
        )
      }
      await by.takes('U0BOB', openOf(by, 'loosened'), 'pending')
      await by.takes('U0BOB', openOf(by, 'tightened'), 'pending')
      await by.takes('U0BOB', openOf(by, 'forbidden'), 'pending')
    }
    await edit(on, on.policyText(true))
  }
})

bypass('B24', stages, async (by) => {
  const request = openOf(by, 'loosened')
  await by.refuses('U0BOB', request, 'already_counted')
  expect((await by.on.request(request.id)).status).toBe('pending')
  await by.takes('U0CAROL', request, 'approved')
  // What is asked now is judged by the policy of now.
  await by.takes('U0BOB', await by.on.ask('loosened'), 'approved')
})

bypass('B25', stages, async (by) => {
  const tightened = openOf(by, 'tightened')
  await by.takes('U0CAROL', tightened, 'pending')
  await by.takes('U0DAVE', tightened, 'approved')
  const forbidden = openOf(by, 'forbidden')
  await by.say('U0CAROL', forbidden)
  expect(await by.on.request(forbidden.id)).toMatchObject({
    status: 'denied',
    outcome: { by: 'policy', code: 'policy_changed' },
    grantExpiresAtMs: null,
  })
})

describe('B18 an edit of a list while it is pending', () => {
  for (const name of VOICES) {
    it(`lets nobody in by ${name}`, async () => {
      const by = new Voice(name, stages(name === 'Slack over HTTP' ? 'http' : 'socket'))
      await by.refuses('U0LATE', openOf(by, 'named'), 'not_an_approver')
      await by.takes('U0BOB', openOf(by, 'named'), 'approved')
      await by.takes('U0LATE', await by.on.ask('named'), 'approved')
    })
  }
})

bypass('B30', stages, async (by) => {
  const request = openOf(by, 'one')
  // She has taken her accounts apart, and given the first one's address to Erin: each of them stays behind what she asked.
  for (const account of ['U0MOVER', 'U0ALIAS', 'U0ERIN']) await by.refuses(account, request, 'self_approval')
  await by.takes('U0CAROL', request, 'approved')
})

bypass('T18', stages, async (by) => {
  const request = openOf(by, 'two')
  const pinned = (await by.on.request(request.id)).policy
  await by.refuses('U0MOVER', request, 'self_approval')
  await by.takes('U0BOB', request, 'pending')
  expect((await by.on.request(request.id)).policy).toEqual(pinned)
  // Whoever reads the log sees each text that ever judged, and when.
  expect(await loaded(by.on)).toBeGreaterThanOrEqual(2)
})

bypass('B26', stages, async (by) => {
  const { on } = by
  const request = await on.ask('two')
  const file = on.scene.place.policyFile
  const failed = async () => (await entriesOf(on)).filter((type) => type === 'policy.reload_failed').length
  const known = await failed()
  for (const [n, spoil] of [
    () => writeFileSync(file, `version: 1\nrules: [${by.name}`),
    () => rmSync(file),
  ].entries()) {
    spoil()
    await eventually(async () => (await failed()) > known + n || null, 'the failure to be kept')
  }
  // The last good one judges: no looser, and no longer than until it is read again.
  await by.takes('U0BOB', request, 'pending')
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.takes('U0CAROL', request, 'approved')
  await edit(on, `${on.policyText(true)}# mended after ${by.name}\n`)
})

describe('B26 a policy whose channels Slack does not tell', () => {
  for (const name of VOICES) {
    it(`lets nobody decide by ${name}, and nobody ask`, async () => {
      const on = stages(name === 'Slack over HTTP' ? 'http' : 'socket')
      const request = await on.ask('two')
      const mend = on.slack.fault({ method: 'conversations.list', kind: 'error', error: 'internal_error' })
      try {
        await on.scene.restart(() =>
          writeFileSync(
            on.scene.place.policyFile,
            on.policyText(true).replace('channel: C0APPROVALS', 'channel: "#approvals"'),
          ),
        )
        const api = new Api(() => on.scene.house().url, on.scene.key)
        const asked = await api.ask({ action: on.action('one') })
        expect([asked.status, asked.body.code]).toEqual([503, 'policy_unavailable'])
        const by = new Voice(name, on)
        const { refused } = await by.say('U0BOB', request)
        // By API it is not even known whose token to take.
        expect(refused).toMatch(/^(policy_unavailable|unauthenticated|issuer_unavailable)$/)
        expect((await on.request(request.id)).version).toBe(1)
      } finally {
        mend()
        await on.scene.restart(() => writeFileSync(on.scene.place.policyFile, on.policyText(true)))
        await on.groupsKnown()
      }
    })
  }
})
