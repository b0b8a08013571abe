import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/demo/catalogue.ts'
import type { RunState, RunView } from '../../src/demo/wire.ts'
import { askBody } from '../../src/http/request-schema.ts'
import { cardOf, refuses, reviews, says } from './acting.ts'
import { openDemo, type Spectator } from './spectator.ts'

let at: Spectator
beforeAll(async () => {
  at = await openDemo()
})
afterAll(() => at.close())

type Act = (run: RunView) => Promise<unknown>
const yes =
  (...userIds: string[]): Act =>
  async (run) => {
    for (const userId of userIds) await says(at, run, userId)
  }
const nobody: Act = async () => undefined

/** Every ask of the catalogue, what people do, and how it must end. */
const ENDS: readonly (readonly [id: string, act: Act, end: RunState, told: RegExp])[] = [
  ['agent-export', yes('U0BOB', 'U0CAROL'), 'done', /48211 rows/],
  ['terraform-apply', yes('U0DAVE'), 'done', /2 added/],
  [
    'secret-rotation',
    (run) => refuses(at, run, 'U0ERIN', 'Not during the sale.'),
    'denied',
    /Erin.*Not during the sale/,
  ],
  ['short-lived', nobody, 'expired', /silence is a no/],
  ['kubectl-restart', yes('U0DAVE', 'U0CAROL'), 'failed', /exit code 1/],
  ['privilege-grant', yes('U0ALICE', 'U0DAVE', 'U0ERIN'), 'done', /granted/],
  ['refund', yes('U0GUEST', 'U0ALICE'), 'done', /1840/],
  ['long-script', (run) => reviews(at, run, 'U0CAROL'), 'done', /719/],
  ['hostile-text', yes('U0CAROL', 'U0BOB'), 'done', /0 records/],
  ['mass-mail', yes('U0CAROL', 'U0BOB', 'U0ALICE'), 'done', /212400/],
  ['backup-delete', (run) => refuses(at, run, 'U0DAVE', 'Legal hold.'), 'denied', /Dave.*Legal hold/],
  ['feature-flag', yes('U0ERIN', 'U0DAVE'), 'done', /100 %/],
  ['changed-payload', yes('U0CAROL'), 'refused', /digest_mismatch/],
  ['second-use', yes('U0DAVE'), 'done', /eu-2/],
  ['allowed-read', nobody, 'done', /3114/],
  ['denied-drop', nobody, 'denied', /at once by the policy \(never-drop\)/],
]

it('every ask has its foretold end', () => {
  expect(ENDS.map(([id]) => id).sort()).toEqual(CATALOGUE.map(({ id }) => id).sort())
  expect(at.pipelines().map(({ id }) => id)).toEqual(CATALOGUE.map(({ id }) => id))
})

it.each(CATALOGUE.map((pipeline) => [pipeline.id, pipeline] as const))(
  '%s is an ask that the API takes',
  (_, pipeline) => {
    expect(askBody.safeParse(pipeline.ask).error?.issues ?? []).toEqual([])
  },
)

it('pipelines of one client have one operator, who is never among those who may approve', () => {
  const operators = new Map(CATALOGUE.map(({ client, operator }) => [client, operator]))
  for (const { client, operator, approverIds } of CATALOGUE) {
    expect(operators.get(client)).toBe(operator)
    expect(approverIds).not.toContain(operator)
  }
})

describe.each(ENDS)('%s', (id, act, end, told) => {
  it(`ends ${end}, as foretold`, async () => {
    const run = await at.start(id)
    await act(run)
    const ended = await at.until(run, (view) => view.ended, `the end of ${id}`)
    expect([ended.state, ended.told]).toEqual([end, expect.stringMatching(told)])
    expect(ended.requestId).toMatch(/^req_/)
    const { channel } = at.pipelines().find((pipeline) => pipeline.id === id) ?? {}
    expect(ended.card?.channel ?? null).toBe(channel)
    for (const { method, path } of ended.transcript) if (method !== null) expect(path).toMatch(/^\/v1\/requests/)
  })
})

it('a yes that is used a second time is refused, and the first use stands', async () => {
  const run = await at.start('second-use')
  await says(at, run, 'U0CAROL')
  const { transcript } = await at.reaches(run, 'done')
  const uses = transcript.filter(({ path }) => path?.endsWith('/consume'))
  expect(uses.map(({ status }) => status)).toEqual([200, 409])
  expect(uses.map(({ note }) => note)).toEqual([
    expect.stringContaining('consumed once'),
    expect.stringContaining('already_consumed'),
  ])
})

it('a pipeline that people are asked about waits, and ends withdrawn where its asker withdraws', async () => {
  const run = await at.start('terraform-apply')
  const waiting = await at.reaches(run, 'waiting')
  expect(waiting.expiresAt).toBeGreaterThan(Date.now())
  expect((await at.post(`/beside/runs/${run.id}/cancel`)).status).toBe(202)
  expect((await at.reaches(run, 'cancelled')).told).toContain('not needed any more')
  const again = await at.post(`/beside/runs/${run.id}/cancel`)
  expect([again.status, again.body.error]).toEqual([409, expect.stringContaining('still waits')])
})

it('a yes comes through whoever else has clicked first', async () => {
  const run = await at.start('privilege-grant')
  await cardOf(at, run)
  await Promise.all(['U0CAROL', 'U0DAVE', 'U0ERIN', 'U0ALICE'].map((userId) => says(at, run, userId)))
  expect((await at.reaches(run, 'done')).told).toContain('granted')
})
