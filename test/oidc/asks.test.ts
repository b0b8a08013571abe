import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Answer, Api } from '../api.ts'
import { approve, cardOf, isTold } from '../people.ts'
import { ACME, jobToken } from './github.ts'
import { numberOf, startIssuer } from './issuer.ts'
import { openTokenScene, type TokenScene } from './scene.ts'

/** Pipelines that ask with a token of their job, through a whole house. */

let tokens: TokenScene
beforeAll(async () => {
  tokens = await openTokenScene()
})
afterAll(async () => {
  expect(await tokens.scene.place.problems()).toEqual([])
  await tokens.close()
})

const ASK = { action: 'data.export', params: { table: 'customers' } }
const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]
const decideAs = async (name: string, { body }: Answer): Promise<Answer> =>
  (await tokens.person(name)).call('POST', `/v1/requests/${body.id}/decisions`, {
    verdict: 'approve',
    payload_digest: body.payload_digest,
  })

describe('a job asks without a stored secret', () => {
  test('asks, waits, uses and reports with one token, as its repository', async () => {
    const api = await tokens.job()
    const asked = await api.ask(ASK)
    const id = `oidc:github:repository:${ACME.repository}`
    expect(asked).toMatchObject({
      status: 201,
      body: { status: 'pending', requester: { client: { id, name: 'acme/deploy' }, verified_by: 'oidc' } },
    })
    const waiting = api.get(asked.body.id, 30)
    await decideAs('bob', asked)
    await decideAs('carol', asked)
    const told = (await waiting).body
    expect(told.status).toBe('approved')
    expect(told.grant?.jws.split('.')).toHaveLength(3)
    expect((await api.consume(told, 'run-4711')).status).toBe(200)
    // Another job of the same repository is the same caller.
    expect((await (await tokens.job({ run_id: '4712' })).complete(told.id, 'run-4711', 'done')).status).toBe(200)
    const entries = await tokens.scene.house().service.reads.auditOf(told.id)
    expect(JSON.parse(entries[0]?.envelope ?? '')).toMatchObject({
      type: 'request.opened',
      actor: `client:${id}`,
      source: 'api',
    })
  })

  test('another repository sees nothing of it', async () => {
    const asked = await (await tokens.job()).ask(ASK)
    const other = await tokens.job({ repository_id: numberOf('acme/other'), repository: 'acme/other' })
    expect(outcome(await other.get(asked.body.id))).toEqual([404, 'not_found'])
    expect(outcome(await other.cancel(asked.body.id))).toEqual([404, 'not_found'])
    expect(outcome(await other.consume(asked.body, 'x'))).toEqual([404, 'not_found'])
  })

  test('B10 neither the actor nor whoever started the run again may approve', async () => {
    const asked = await (
      await tokens.job({
        actor_id: '9',
        actor: 'dave-gh',
        run_attempt: '2',
        triggering_actor: 'alice-gh',
        triggering_actor_id: '1001',
      })
    ).ask({ action: 'terraform.apply' })
    expect(asked.status).toBe(201)
    tokens.scene.slack.setGroup('S0SRE', { users: ['U0ALICE', 'U0CAROL', 'U0DAVE', 'U0ERIN'] })
    const card = await cardOf(tokens.scene.slack, 'C0APPROVALS', asked.body.id)
    for (const user of ['U0DAVE', 'U0ALICE', 'U0ERIN']) {
      await approve(tokens.scene.slack, user, card)
      await isTold(tokens.scene.slack, user, /behind this ask/)
    }
    expect(outcome(await decideAs('alice', asked))).toEqual([403, 'self_approval'])
    expect((await decideAs('carol', asked)).body.status).toBe('approved')
  })

  test('B12 an actor whom nobody can tell apart does not ask', async () => {
    const stranger = await tokens.job({ actor: 'who-knows', actor_id: '31337' })
    expect(outcome(await stranger.ask(ASK))).toEqual([422, 'requester_unresolved'])
    const again = await tokens.job({ run_attempt: '2', triggering_actor: 'who-knows', triggering_actor_id: '31337' })
    expect(outcome(await again.ask(ASK))).toEqual([422, 'requester_unresolved'])
  })

  test('only for what its issuer is trusted for', async () => {
    const answer = await (await tokens.job()).ask({ action: 'secret.read' })
    expect(outcome(answer)).toEqual([403, 'forbidden'])
  })

  test('the policy allows by itself what it allows', async () => {
    expect((await (await tokens.job()).ask({ action: 'data.count' })).body).toMatchObject({ status: 'approved' })
  })
})

describe('a pipeline is one caller, and its people are several', () => {
  const APPLY = { action: 'terraform.apply', environment: 'production' }
  const dave = () => tokens.job({ actor: 'dave-gh', actor_id: '2002', run_id: '4712' })
  beforeEach(() => tokens.scene.slack.setGroup('S0SRE', { users: ['U0CAROL', 'U0DAVE'] }))

  test('B10 another human does not get the request of an Idempotency-Key, and so never approves her own', async () => {
    const ask = { ...APPLY, params: { n: 1 } }
    const key = { 'idempotency-key': 'deploy-prod' }
    const first = await (await tokens.job()).ask(ask, key)
    expect(first.status).toBe(201)
    expect(outcome(await (await dave()).ask(ask, key))).toEqual([422, 'idempotency_key_reused'])
    const again = await (await tokens.job({ run_id: '4713' })).ask(ask, key)
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
  })

  test('B12 one whom nobody can tell apart does not ask, not even again', async () => {
    const ask = { ...APPLY, params: { n: 2 } }
    const key = { 'idempotency-key': 'deploy-prod-2' }
    expect((await (await tokens.job()).ask(ask, key)).status).toBe(201)
    const stranger = await tokens.job({ actor: 'stranger', actor_id: '9999' })
    expect(outcome(await stranger.ask(ask, key))).toEqual([422, 'requester_unresolved'])
    const both = await tokens.job({ run_attempt: '2', triggering_actor: 'dave-gh', triggering_actor_id: '2002' })
    expect(outcome(await both.ask(ask, key))).toEqual([422, 'idempotency_key_reused'])
  })

  test('who approved it does not run it, and is not given the grant', async () => {
    const asked = await (await tokens.job()).ask({ ...APPLY, params: { n: 3 } })
    expect((await decideAs('dave', asked)).body.status).toBe('approved')
    const his = await dave()
    expect((await his.get(asked.body.id)).body).toMatchObject({ status: 'approved', grant: null })
    const refused = await his.consume(asked.body, 'run-of-dave')
    expect(outcome(refused)).toEqual([403, 'forbidden'])
    expect(refused.body.detail).toContain('Who approved it does not run it')
    const entries = await tokens.scene.house().service.reads.auditOf(asked.body.id)
    expect(entries.map(({ envelope }) => JSON.parse(envelope).type)).toContain('grant.refused')
    const hers = await tokens.job({ run_id: '4714' })
    expect((await hers.get(asked.body.id)).body.grant?.jws.split('.')).toHaveLength(3)
    expect((await hers.consume(asked.body, 'run-of-alice')).status).toBe(200)
  })

  test('B31 a login that changed hands is not the person whose number the policy knows', async () => {
    const { scene } = tokens
    const before = readFileSync(scene.place.policyFile, 'utf8')
    const known = 'github: [alice-gh], github_ids: ["1001"], gitlab: [alice-gl], gitlab_ids: ["7"]'
    writeFileSync(scene.place.policyFile, before.replace('github_ids: ["1001"]', known))
    const renamed = { actor: 'alice-gh', actor_id: '2002' }
    try {
      await untilAnswers(
        async () => (await tokens.job(renamed).then((api) => api.ask(ASK))).body.code,
        'requester_unresolved',
      )
      const key = { 'idempotency-key': 'hers' }
      const first = await (await tokens.job()).ask(ASK, key)
      expect(first.status).toBe(201)
      expect(outcome(await (await tokens.job(renamed)).ask(ASK, key))).toEqual([422, 'requester_unresolved'])
    } finally {
      writeFileSync(scene.place.policyFile, before)
    }
    // As long as no number of hers is known the login is all there is.
    await untilAnswers(async () => (await (await dave()).ask(ASK)).status, 201)
  })
})

describe('T17 a token opens one request', () => {
  test('a second ask with it is refused, and says why', async () => {
    const api = await tokens.job()
    expect((await api.ask(ASK)).status).toBe(201)
    const second = await api.ask(ASK)
    expect(outcome(second)).toEqual([401, 'unauthenticated'])
    expect(second.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="countersign", error="invalid_token", error_description="replayed: the token was used already/,
    )
    expect(second.body.detail).toMatch(/\(replayed\)\.$/)
  })

  test('the same ask again with the same Idempotency-Key is the same request, also after a restart', async () => {
    const api = await tokens.job()
    const key = { 'idempotency-key': 'run-1' }
    const first = await api.ask(ASK, key)
    const again = await api.ask(ASK, key)
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
    expect(outcome(await api.ask({ ...ASK, reason: 'more' }, key))).toEqual([401, 'unauthenticated'])
    await tokens.scene.restart()
    const later = await api.ask(ASK, key)
    expect([later.status, later.body.id]).toEqual([200, first.body.id])
    expect(outcome(await api.ask(ASK))).toEqual([401, 'unauthenticated'])
    expect(outcome(await api.ask(ASK, { 'idempotency-key': 'run-2' }))).toEqual([401, 'unauthenticated'])
  })

  test('fifty at once with one token are one request', async () => {
    const api = await tokens.job()
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.ask(ASK)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
    const other = await tokens.job()
    const keyed = await Promise.all(Array.from({ length: 50 }, () => other.ask(ASK, { 'idempotency-key': 'once' })))
    expect(new Set(keyed.map(({ body }) => body.id)).size).toBe(1)
  })

  test('an ask that is not valid does not use the token up', async () => {
    const api = await tokens.job()
    expect(outcome(await api.ask({ ...ASK, action: 'Data.Export' }))).toEqual([422, 'validation_failed'])
    expect((await api.ask(ASK)).status).toBe(201)
  })

  test('a token that is refused says why, in one line, and nothing of what it holds', async () => {
    const answer = await (await tokens.job({ environment: 'staging-canary-7351' })).ask(ASK)
    expect(outcome(answer)).toEqual([401, 'unauthenticated'])
    expect(answer.headers.get('www-authenticate')).toContain(
      'claim_not_allowed: the token has a value that the policy does not trust: environment',
    )
    expect(JSON.stringify(answer.body)).not.toContain('canary')
    expect(tokens.scene.place.logs.join('')).not.toContain('staging-canary-7351')
  })
})

describe('an issuer that the policy trusts no more', () => {
  test('its tokens are refused, and what they asked dies with the trust', async () => {
    const { scene } = tokens
    const before = readFileSync(scene.place.policyFile, 'utf8')
    const [open, approved] = [
      await (await tokens.job()).ask(ASK),
      await (await tokens.job()).ask({ action: 'data.count' }),
    ]
    writeFileSync(scene.place.policyFile, before.replace('audience: countersign\n', 'audience: somebody-else\n'))
    await untilAnswers(async () => outcome(await (await tokens.job()).ask(ASK)), [401, 'unauthenticated'])
    writeFileSync(scene.place.policyFile, before.replace('- id: github', '- id: github-next'))
    await untilAnswers(async () => (await (await tokens.job()).ask(ASK)).status, 201)
    expect(approved.body.status).toBe('approved')
    expect(outcome(await decideAs('bob', open))).toEqual([409, 'cancelled'])
    writeFileSync(scene.place.policyFile, before)
    await untilAnswers(async () => (await (await tokens.job()).get(open.body.id)).status, 200)
    expect((await (await tokens.job()).get(open.body.id)).body.status).toBe('cancelled')
  })

  test('T10 its name, pointed at another issuer, keeps nothing alive that it asked', async () => {
    const { scene, jobs } = tokens
    const before = readFileSync(scene.place.policyFile, 'utf8')
    const open = await (await tokens.job()).ask(ASK)
    const approved = await (await tokens.job()).ask({ action: 'data.count' })
    expect(approved.body.status).toBe('approved')
    const other = await startIssuer({ alg: 'RS256' })
    const its = async (): Promise<Api> => tokens.with(await jobToken(other))
    try {
      writeFileSync(scene.place.policyFile, before.replace(jobs.url, other.url))
      await untilAnswers(async () => (await (await its()).get(open.body.id)).status, 200)
      expect(outcome(await (await its()).consume(approved.body, 'run'))).toEqual([409, 'not_approved'])
      expect(outcome(await decideAs('bob', open))).toEqual([409, 'cancelled'])
    } finally {
      writeFileSync(scene.place.policyFile, before)
      await other.close()
    }
    await untilAnswers(async () => (await (await tokens.job()).get(open.body.id)).status, 200)
  })
})

/** A policy is read again soon after it was written. */
async function untilAnswers(ask: () => Promise<unknown>, wanted: unknown): Promise<void> {
  await vi.waitFor(async () => expect(await ask()).toEqual(wanted), { timeout: 10_000, interval: 50 })
}

describe('an issuer that does not answer', () => {
  test('keeps its own tokens out, and nobody else', async () => {
    const { jobs, scene } = tokens
    await jobs.rotate()
    await scene.restart()
    jobs.fault = 'never_answers'
    const token = await jobToken(jobs)
    const slow = tokens.with(token).ask(ASK)
    const order: string[] = []
    const noted = slow.then((answer) => {
      order.push('token')
      return answer
    })
    for (let i = 0; i < 20; i++) {
      expect((await scene.api.ask({ action: 'data.count' })).status).toBe(201)
      expect((await (await tokens.person('bob')).ask({ action: 'data.count' })).status).toBe(201)
    }
    order.push('keys')
    jobs.fault = 'hangs_up'
    await jobs.close()
    const answer = await noted
    expect(order).toEqual(['keys', 'token'])
    expect(outcome(answer)).toEqual([503, 'issuer_unavailable'])
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(scene.place.logs.join('')).toContain('an issuer of tokens is in trouble')
  })
})
