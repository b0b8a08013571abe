import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Answer } from '../api.ts'
import { run } from '../cli/run.ts'
import { numberOf } from '../oidc/issuer.ts'
import { bypass, openStages } from './bypass.ts'
import { Voice } from './voice.ts'

/** What an asker can write into an ask, and what comes of it. */

const stages = openStages(['socket'])

const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]

/** The same letters to the eye: Cyrillic, full width, a dotless and a dotted i, a Kelvin sign, a soft hyphen. */
const LOOK_ALIKES = ['аlice', 'ａlice', 'alıce', 'alİce', 'alice\u212A', 'al\u00ADice', 'alicé', '"alice"']

bypass('B4', stages, async ({ on }) => {
  const client = await on.client({ actFor: true })
  for (const name of LOOK_ALIKES) {
    for (const email of [`${name}@example.com`, `alice@ex${name}.com`]) {
      const answer = await client.ask({ action: on.action('one'), requester: { on_behalf_of: { email } } })
      expect(outcome(answer), email).toEqual([422, 'validation_failed'])
    }
    const request = await on.ask('one')
    const token = await on.person('U0NOBODY', { email: `${name}@example.com`, email_verified: true })
    const body = { verdict: 'approve', payload_digest: request.payload_digest }
    const said = await token.call('POST', `/v1/requests/${request.id}/decisions`, body)
    expect(outcome(said), name).toEqual([403, 'not_an_approver'])
  }
})

/** Allowed alone: `spoof.read` of s3://public/** in staging. */
const SPOOFED: readonly (readonly [object, number])[] = [
  [{ action: 'Spoof.Read' }, 422],
  [{ action: 'spoof.read.' }, 422],
  [{ action: 'spoof..read' }, 422],
  [{ action: 'spoof.read ' }, 422],
  [{ action: 'ѕpoof.read' }, 422],
  [{ action: ['spoof.read'] }, 422],
  [{ action: { toString: 'spoof.read' } }, 422],
  [{ action: 'spoof.reads' }, 201],
  [{ resource: 's3://secret/x' }, 201],
  [{ resource: 's3://public/../secret/x' }, 201],
  [{ resource: 's3://public/%2e%2e/secret/x' }, 201],
  [{ resource: 's3://public/./../secret' }, 201],
  [{ resource: 's3:///public/x' }, 201],
  [{ resource: 's3://PUBLIC/x' }, 201],
  [{ resource: 's3://ｐublic/x' }, 201],
  [{ resource: 's3://publi\u200Bc/x' }, 201],
  [{ resource: 's3://public\\..\\secret' }, 201],
  [{ resource: ['s3://public/x'] }, 422],
  [{ resource: '' }, 422],
  [{ environment: 'Staging' }, 201],
  [{ environment: 'staging.' }, 201],
  [{ environment: 'staging/' }, 201],
  [{ environment: 'production' }, 201],
  [{ environment: null }, 422],
]

bypass('B43', stages, async ({ on }) => {
  const plain = { action: 'spoof.read', resource: 's3://public/x', environment: 'staging' }
  expect((await on.scene.api.ask(plain)).body.status).toBe('approved')
  for (const [over, status] of SPOOFED) {
    const answer = await on.scene.api.ask({ ...plain, ...over })
    const shown = JSON.stringify(over)
    expect([answer.status, status === 201 ? answer.body.status : answer.body.code], shown).toEqual([
      status,
      status === 201 ? 'denied' : 'validation_failed',
    ])
    expect(answer.body.grant ?? null, shown).toBeNull()
  }
})

bypass(
  'B44',
  stages,
  async ({ on }) => {
    expect((await on.scene.api.ask({ action: 'order.read' })).body.status).toBe('approved')
    const dropped = (await on.scene.api.ask({ action: 'order.drop' })).body
    expect([dropped.status, dropped.outcome?.code, dropped.grant]).toEqual(['denied', 'denied_by_policy', null])
  },
  {
    'command line': async ({ on }) => {
      const { directory } = on.scene.place
      const file = join(directory, 'ordered.yaml')
      const rules = [
        '{ id: broad, match: { action: "order.*" }, effect: allow }',
        '{ id: specific, match: { action: "order.drop" }, effect: deny }',
      ]
      for (const order of [rules, rules.toReversed()]) {
        writeFileSync(
          file,
          `version: 1\nslack: { channel: C0APPROVALS }\nrules:\n${order.map((r) => `  - ${r}\n`).join('')}`,
        )
        const { code, stdout, stderr } = await run(['policy', 'check', file], directory)
        expect(code).toBe(0)
        expect(stdout + stderr).toMatch(/warning/i)
        expect(stdout + stderr).toMatch(/specific/)
      }
    },
  },
)

bypass('B45', stages, async ({ on }) => {
  for (const kind of ['empty', 'alone', 'hers', 'many']) {
    expect(outcome(await on.scene.api.ask({ action: on.action(kind) })), kind).toEqual([422, 'no_eligible_approver'])
  }
  // Somebody else asks: then there is somebody.
  const franks = await on.client()
  for (const kind of ['alone', 'hers']) expect((await on.ask(kind, {}, franks)).status).toBe('pending')
})

bypass('T3', stages, async ({ on }) => {
  const api = await on.client()
  const action = on.action('limited')
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => api.ask({ action, params: { n } })))
  const ended = answers.map(({ body }) => body.status)
  expect([ended.filter((s) => s === 'approved').length, ended.filter((s) => s === 'pending').length]).toEqual([10, 40])
  expect((await api.ask({ action })).body.status).toBe('pending')
  // Another caller has a count of its own, but not where a token proves that the same human stands behind both.
  const repositories = [numberOf('acme/one'), numberOf('acme/two')]
  const job = (n: number) => on.job({ repository_id: repositories[n % 2], actor: 'dave-gh', actor_id: '7' })
  const shared = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => (await job(n)).ask({ action, params: { n } })),
  )
  expect(shared.filter(({ body }) => body.status === 'approved')).toHaveLength(10)
  const left = shared.find(({ body }) => body.status === 'pending')
  if (!left) throw new Error('nobody is asked')
  await new Voice('API', on).takes('U0CAROL', left.body, 'approved')
})

bypass('T6', stages, async ({ on }) => {
  const action = on.action('two')
  const own: readonly object[] = [
    { approvers: ['U0ALICE'] },
    { policy: { effect: 'allow' } },
    { status: 'approved' },
    { decisions: [{ approver: 'U0BOB', verdict: 'approve' }] },
    { outcome: { by: 'people' } },
    { expires_at: '2099-01-01T00:00:00Z' },
    { channel: 'C0RANDOM' },
    { requirements: [] },
    { closure: [] },
    { id: 'req_mine' },
    { client: { id: 'cl_other' } },
    { verified_by: 'oidc' },
    { requester: { client: { id: 'x' } } },
    { requester: { verified_by: 'oidc' } },
    { context: { approved: true } },
    { masked: [] },
    { __proto__x: 1 },
  ]
  for (const more of own) {
    expect(outcome(await on.scene.api.ask({ action, ...more })), JSON.stringify(more)).toEqual([
      422,
      'validation_failed',
    ])
  }
  // The longest time that it may wish for is cut to the policy's.
  const { body } = await on.scene.api.ask({ action, ttl_seconds: 2_592_000, grant_ttl_seconds: 86_400 })
  expect(Date.parse(body.expires_at)).toBeLessThanOrEqual(Date.now() + 3_600_000)
  expect((await on.request(body.id)).policy.grantTtlMs).toBe(300_000)
})
