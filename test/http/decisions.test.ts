import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer, Api, Shown } from '../api.ts'
import { openTokenScene, type TokenScene } from '../oidc/scene.ts'
import { approve, cardOf, isTold } from '../people.ts'

/** Decisions of people over HTTP: judged by the same function as a click, and by nobody who is no person. */

let tokens: TokenScene
let untouched: Shown
beforeAll(async () => {
  tokens = await openTokenScene()
  untouched = await asked()
})
afterAll(async () => {
  expect(await tokens.scene.place.problems()).toEqual([])
  await tokens.close()
})

let asks = 0
/** An ask of the client that Alice owns. */
const asked = async (action = 'data.export'): Promise<Shown> => {
  const answer = await tokens.scene.api.ask({ action, params: { n: asks++ } })
  expect(answer.status).toBe(201)
  return answer.body
}
/** Cards come at the pace that Slack allows: one a second. */
const posted = (id: string) => cardOf(tokens.scene.slack, 'C0APPROVALS', id, 18_000)
type Verdict = 'approve' | 'deny' | 'withdraw'
const decide = (
  by: Api,
  request: Shown,
  verdict: Verdict,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> =>
  by.call('POST', `/v1/requests/${request.id}/decisions`, { verdict, payload_digest: request.payload_digest, ...more })
const said = async (name: string, request: Shown, verdict: Verdict, more = {}): Promise<Answer> =>
  decide(await tokens.person(name), request, verdict, more)
const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]
interface Recorded {
  readonly type: string
  readonly actor: string
  readonly source: string
  readonly code?: string
}
/** What the log holds of a request. */
const recorded = async (id: string): Promise<readonly Recorded[]> =>
  (await tokens.scene.house().service.reads.auditOf(id)).map(({ envelope, body }) => ({
    ...JSON.parse(envelope),
    ...(body === null ? {} : { code: JSON.parse(body).code }),
  }))

describe('a person of the group decides by API', () => {
  test('two approve, and it is approved: surface api, the same evidence as of a click', async () => {
    const request = await asked()
    const first = await said('bob', request, 'approve', { reason: 'checked with legal' })
    expect(first).toMatchObject({ status: 200, body: { status: 'pending', grant: null } })
    expect(first.body.decisions).toMatchObject([
      {
        approver: { slack_user_id: 'U0BOB' },
        verdict: 'approve',
        surface: 'api',
        reason: 'checked with legal',
        delegated_by: null,
      },
    ])
    expect(first.body.policy.requirements).toEqual([{ from: 'data-owners', count: 2, received: 1 }])
    const second = await said('carol', request, 'approve')
    expect(second).toMatchObject({
      status: 200,
      body: { status: 'approved', outcome: { by: 'people', code: 'approved' } },
    })
    expect(await recorded(request.id)).toMatchObject([
      { type: 'request.opened' },
      { type: 'decision.recorded', actor: 'slack:T0SANDBOX:U0BOB', source: 'api' },
      { type: 'decision.recorded', actor: 'slack:T0SANDBOX:U0CAROL', source: 'api' },
      { type: 'request.approved', actor: 'slack:T0SANDBOX:U0CAROL', source: 'api' },
    ])
    expect((await tokens.scene.api.get(request.id)).body.grant).not.toBeNull()
  })

  test('a deny needs a reason where the policy says so, and ends it', async () => {
    const request = await asked('terraform.apply')
    expect(outcome(await said('dave', request, 'deny'))).toEqual([422, 'reason_required'])
    const denied = await said('dave', request, 'deny', {
      reason: 'freeze until Monday, token xoxb-1111111111-2222222222-abcdefghijkl',
    })
    expect(denied).toMatchObject({ status: 200, body: { status: 'denied', outcome: { by: 'people' } } })
    expect(JSON.stringify(denied.body)).not.toContain('xoxb-1111111111')
  })

  test('she takes it back while it is pending, and may say it again', async () => {
    const request = await asked()
    await said('bob', request, 'approve')
    const back = await said('bob', request, 'withdraw')
    expect(back).toMatchObject({ status: 200, body: { status: 'pending' } })
    expect(back.body.decisions.map(({ verdict }) => verdict)).toEqual(['approve', 'withdraw'])
    expect(back.body.policy.requirements).toEqual([{ from: 'data-owners', count: 2, received: 0 }])
    expect(outcome(await said('bob', request, 'withdraw'))).toEqual([409, 'nothing_to_withdraw'])
    await said('carol', request, 'approve')
    expect((await said('bob', request, 'approve')).body.status).toBe('approved')
    expect(outcome(await said('bob', request, 'withdraw'))).toEqual([409, 'already_decided'])
  })

  test('with the digest of what she has read, or not at all', async () => {
    const request = await asked()
    const other = await asked()
    const mixed = { ...request, payload_digest: other.payload_digest }
    expect(outcome(await said('bob', mixed, 'approve'))).toEqual([422, 'digest_mismatch'])
    const bob = await tokens.person('bob')
    const path = `/v1/requests/${request.id}/decisions`
    for (const body of [
      { verdict: 'approve' },
      { verdict: 'approve', payload_digest: request.payload_digest.slice(0, 30) },
      { verdict: 'maybe', payload_digest: request.payload_digest },
      { verdict: 'approve', payload_digest: request.payload_digest, approver: 'U0CAROL' },
      { verdict: 'deny', payload_digest: request.payload_digest, reason: '' },
    ]) {
      expect(outcome(await bob.call('POST', path, body))).toEqual([422, 'validation_failed'])
    }
    expect((await tokens.scene.api.get(request.id)).body.decisions).toEqual([])
    expect(outcome(await said('bob', { ...request, id: 'req_none' }, 'approve'))).toEqual([404, 'not_found'])
  })
})

describe('who may not', () => {
  test('T1 B29 a client key decides nothing, whatever its scopes', async () => {
    const request = await asked()
    const all = await tokens.scene.place.newClient('everything', {
      owners: ['U0BOB'],
      scopes: ['request', 'read:all', 'audit:read', 'enforce'],
      actFor: true,
    })
    for (const api of [tokens.scene.api, tokens.with(all)]) {
      expect(outcome(await decide(api, request, 'approve'))).toEqual([403, 'forbidden'])
    }
    expect((await tokens.scene.api.get(request.id)).body.decisions).toEqual([])
  })

  test("a workload's token decides nothing, whoever started it", async () => {
    const request = await asked('terraform.apply')
    const job = await tokens.job({ actor: 'dave-gh', actor_id: '7' })
    expect(outcome(await decide(job, request, 'approve'))).toEqual([403, 'forbidden'])
  })

  test('T1 the token of whoever stands behind the ask is refused: the owner of the client', async () => {
    const request = await asked()
    expect(outcome(await said('alice', request, 'approve'))).toEqual([403, 'self_approval'])
    expect(await recorded(request.id)).toMatchObject([
      { type: 'request.opened' },
      { type: 'decision.refused', actor: 'slack:T0SANDBOX:U0ALICE', source: 'api', code: 'self_approval' },
    ])
  })

  test('T1 who asks with her own token cannot approve with another of hers, nor by a click', async () => {
    const asked = await (await tokens.person('bob')).ask({ action: 'data.export' })
    expect(asked).toMatchObject({
      status: 201,
      body: { requester: { verified_by: 'oidc', client: { id: 'oidc:idp:bob' } } },
    })
    expect(outcome(await said('bob', asked.body, 'approve'))).toEqual([403, 'self_approval'])
    const card = await posted(asked.body.id)
    await approve(tokens.scene.slack, 'U0BOB', card)
    await isTold(tokens.scene.slack, 'U0BOB', /behind this ask/)
    expect((await said('carol', asked.body, 'approve')).status).toBe(200)
  })

  test('B5 nor from a second account that her subject joins', async () => {
    const { body } = await (await tokens.person('alice', { email_verified: false })).ask({ action: 'data.export' })
    const card = await posted(body.id)
    await approve(tokens.scene.slack, 'U0ERIN', card)
    await isTold(tokens.scene.slack, 'U0ERIN', /behind this ask/)
    expect(outcome(await said('alice', body, 'approve'))).toEqual([403, 'self_approval'])
  })

  test("B31 an address that somebody took in Slack speaks for her who has it, and joins her to its owner's asks", async () => {
    const { slack } = tokens.scene
    slack.setUser('U0CAROL', { profile: { email: 'zoe@example.com' } })
    slack.setUser('U0BOB', { profile: { email: 'carol@example.com' } })
    try {
      const { body } = await (await tokens.person('zoe')).ask({ action: 'data.export' })
      const card = await posted(body.id)
      await approve(slack, 'U0CAROL', card)
      await isTold(slack, 'U0CAROL', /behind this ask/)
    } finally {
      slack.setUser('U0CAROL', { profile: { email: 'carol@example.com' } })
      slack.setUser('U0BOB', { profile: { email: 'bob@example.com' } })
    }
  })

  test.each([
    ['dave', {}, 403, 'not_an_approver'],
    ['nobody', {}, 403, 'not_an_approver'],
    ['bob', { email_verified: false }, 403, 'not_an_approver'],
    ['bob', { email: 'bob+ci@example.com' }, 403, 'not_an_approver'],
    ['guest', {}, 403, 'guest'],
    ['gone', {}, 403, 'inactive'],
    ['stranger', {}, 403, 'outsider'],
  ])('%s %j: %i %s', async (name, claims, status, code) => {
    const request = untouched
    expect(outcome(await decide(await tokens.person(name, claims), request, 'approve'))).toEqual([status, code])
    expect((await tokens.scene.api.get(request.id)).body.decisions).toEqual([])
  })

  test('B31 another subject of the same issuer is not she, though he has her address by now', async () => {
    const { body: request } = await (await tokens.job({ actor: 'dave-gh', actor_id: '2002' })).ask({
      action: 'data.export',
    })
    const mallory = await tokens.person('mallory', { email: 'alice@example.com' })
    expect(outcome(await decide(mallory, request, 'approve'))).toEqual([403, 'not_an_approver'])
    expect((await said('alice', request, 'approve')).status).toBe(200)
  })

  test('an address that Slack has not confirmed gives nobody a seat', async () => {
    const { slack } = tokens.scene
    const request = await asked()
    const carol = async (email: string) => decide(await tokens.person('carol', { email }), request, 'approve')
    try {
      slack.setUser('U0CAROL', { is_email_confirmed: false, profile: { email: 'carol.one@example.com' } })
      const refused = await carol('carol.one@example.com')
      expect(outcome(refused)).toEqual([403, 'not_an_approver'])
      expect(refused.body.detail).toContain('has not confirmed')
      slack.setUser('U0CAROL', { is_email_confirmed: true, profile: { email: 'carol.two@example.com' } })
      expect((await carol('carol.two@example.com')).status).toBe(200)
    } finally {
      slack.setUser('U0CAROL', { is_email_confirmed: true, profile: { email: 'carol@example.com' } })
    }
  })

  test('INV7 nobody, while Slack does not say who she is', async () => {
    const request = untouched
    const mend = tokens.scene.slack.fault({ method: '*', kind: 'status', status: 503 })
    const answer = await said('frank', request, 'approve')
    mend()
    expect(outcome(answer)).toEqual([503, 'directory_unavailable'])
    expect(answer.headers.get('retry-after')).toBe('5')
  })

  test('without a token there is no way in', async () => {
    const request = untouched
    for (const credential of ['', 'cs_none_none', 'a.b.c']) {
      const answer = await decide(tokens.with(credential), request, 'approve')
      expect(outcome(answer)).toEqual([401, 'unauthenticated'])
    }
  })
})

describe('one person, one vote', () => {
  test('B21 by Slack and by API she counts once', async () => {
    const request = await asked()
    const card = await posted(request.id)
    await approve(tokens.scene.slack, 'U0BOB', card)
    expect(outcome(await said('bob', request, 'approve'))).toEqual([409, 'already_counted'])
    expect((await tokens.scene.api.get(request.id)).body).toMatchObject({ status: 'pending' })
  })

  test('B21 by API and by Slack she counts once', async () => {
    const request = await asked()
    await said('bob', request, 'approve')
    const card = await posted(request.id)
    await approve(tokens.scene.slack, 'U0BOB', card)
    await isTold(tokens.scene.slack, 'U0BOB', /counted already/)
    expect((await tokens.scene.api.get(request.id)).body).toMatchObject({ status: 'pending' })
    await approve(tokens.scene.slack, 'U0CAROL', card)
    expect((await tokens.scene.api.get(request.id, 5)).body).toMatchObject({ status: 'approved' })
  })

  test('ten of her tokens at once are one vote', async () => {
    const request = await asked()
    const answers = await Promise.all(Array.from({ length: 10 }, () => said('bob', request, 'approve')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'already_counted')).toHaveLength(9)
  })
})

describe('T17 a token decides once', () => {
  test('a second decision with it is refused', async () => {
    const [one, other] = [await asked(), await asked()]
    const bob = await tokens.person('bob')
    expect((await decide(bob, one, 'approve')).status).toBe(200)
    const again = await decide(bob, other, 'approve')
    expect(outcome(again)).toEqual([401, 'unauthenticated'])
    expect(again.headers.get('www-authenticate')).toContain('error_description="replayed: ')
    expect(outcome(await decide(bob, one, 'withdraw'))).toEqual([401, 'unauthenticated'])
    expect((await tokens.scene.api.get(other.id)).body.decisions).toEqual([])
  })

  test('the same decision again is answered with the request as it is, and decides nothing', async () => {
    const request = await asked()
    const bob = await tokens.person('bob')
    const first = await decide(bob, request, 'approve')
    const before = await recorded(request.id)
    const again = await decide(bob, request, 'approve')
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null])
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    expect(again.body).toEqual(first.body)
    expect(await recorded(request.id)).toEqual(before)
  })

  test('a yes that was taken back is not said again by the token that said it', async () => {
    const request = await asked()
    const stolen = await tokens.person('bob')
    expect((await decide(stolen, request, 'approve')).status).toBe(200)
    expect((await said('bob', request, 'withdraw')).status).toBe(200)
    expect((await said('carol', request, 'approve')).body.status).toBe('pending')
    const replay = await decide(stolen, request, 'approve')
    expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
    expect(replay.body).toMatchObject({ status: 'pending', grant: null })
    const verdicts = ['approve', 'withdraw', 'approve']
    expect(replay.body.decisions.map(({ verdict }) => verdict)).toEqual(verdicts)
    await tokens.scene.restart()
    expect(outcome(await decide(stolen, request, 'approve'))).toEqual([401, 'unauthenticated'])
    const { body } = await tokens.scene.api.get(request.id)
    expect([body.status, body.decisions.map(({ verdict }) => verdict)]).toEqual(['pending', verdicts])
  })

  test('a no is not undone by the token that took an earlier yes back', async () => {
    const request = await asked()
    await said('bob', request, 'approve')
    const stolen = await tokens.person('bob')
    expect((await decide(stolen, request, 'withdraw')).status).toBe(200)
    expect((await said('bob', request, 'deny')).status).toBe(200)
    const replay = await decide(stolen, request, 'withdraw')
    expect(replay.body.decisions.map(({ verdict }) => verdict)).toEqual(['approve', 'withdraw', 'deny'])
    await tokens.scene.restart()
    expect(outcome(await decide(stolen, request, 'withdraw'))).toEqual([401, 'unauthenticated'])
    // Carol's is the second no, and ends it.
    expect((await said('carol', request, 'deny')).body.status).toBe('denied')
  })

  test('a refusal is an answer: the token that got it does not succeed with it later', async () => {
    const request = await asked()
    await said('bob', request, 'approve')
    const stolen = await tokens.person('bob')
    expect(outcome(await decide(stolen, request, 'approve'))).toEqual([409, 'already_counted'])
    await said('bob', request, 'withdraw')
    expect(outcome(await decide(stolen, request, 'approve'))).toEqual([409, 'already_counted'])
    expect((await said('carol', request, 'approve')).body.status).toBe('pending')
  })

  test('after a 503 the same decision may be sent again with it', async () => {
    const { scene } = tokens
    const request = await asked()
    const bob = await tokens.person('bob')
    const admin = { surface: 'slack', teamId: 'T0SANDBOX', userId: 'U0ADMIN', channel: null } as const
    expect(await scene.house().service.pause(admin, 'drill')).toMatchObject({ changed: true })
    expect(outcome(await decide(bob, request, 'approve'))).toEqual([503, 'paused'])
    expect(await scene.house().service.resume(admin)).toMatchObject({ changed: true })
    expect(outcome(await decide(bob, request, 'deny'))).toEqual([401, 'unauthenticated'])
    expect((await decide(bob, request, 'approve')).body.policy.requirements).toMatchObject([{ received: 1 }])
  })

  test('twenty at once with one token are one decision, and one answer', async () => {
    const request = await asked()
    const bob = await tokens.person('bob')
    const answers = await Promise.all(Array.from({ length: 20 }, () => decide(bob, request, 'approve')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect((await recorded(request.id)).map(({ type }) => type)).toEqual(['request.opened', 'decision.recorded'])
  })

  test('also after a restart', async () => {
    const [one, other] = [await asked(), await asked()]
    const bob = await tokens.person('bob')
    expect((await decide(bob, one, 'approve')).status).toBe(200)
    await tokens.scene.restart()
    expect(outcome(await decide(bob, other, 'approve'))).toEqual([401, 'unauthenticated'])
    expect((await said('bob', other, 'approve')).status).toBe(200)
  })
})
