import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { payloadDigest } from '../../src/approval/digest.ts'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call } from './wire.ts'

let house: TestHouse
let key: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client()).key
})
afterAll(() => house.close())

const BODY = {
  action: 'data.export',
  resource: 's3://bucket/a.csv',
  environment: 'production',
  params: { rows: 10, password: 'hunter2' },
}
const outcome = ({ status, json }: Answer): unknown[] => [status, json.code]
const post = (id: string, verb: string, body: unknown, by = key): Promise<Answer> =>
  call(house, 'POST', `/v1/requests/${id}/${verb}`, { key: by, body })
const read = async (id: string, by = key) => (await call(house, 'GET', `/v1/requests/${id}`, { key: by })).json

async function approved(): Promise<string> {
  const { json } = await ask(house, key, BODY)
  await house.decide(json.id, 'approve')
  return json.id
}

test('an ask is answered 201 with Location and every key of the request, null where nothing is yet', async () => {
  const answer = await ask(house, key, { ...BODY, title: 'Export', reason: 'why', ttl_seconds: 600 })
  expect(answer.status).toBe(201)
  expect(answer.headers.location).toBe(`/v1/requests/${answer.json.id}`)
  expect(answer.headers['content-type']).toBe('application/json')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect(answer.json).toMatchObject({
    status: 'pending',
    version: 1,
    execution: 'none',
    action: 'data.export',
    params: { rows: 10, password: '[masked]' },
    context: {},
    payload_digest: payloadDigest(BODY),
    requester: { on_behalf_of: null, agent: null, verified_by: 'client_key', client: { name: 'pipeline' } },
    policy: {
      rules: ['prod-export'],
      effect: 'require_approval',
      requirements: [{ from: 'data-owners', count: 1, received: 0 }],
      deny_count: 1,
    },
    decisions: [],
    outcome: null,
    grant_expires_at: null,
    grant: null,
    consumed: null,
    completed: null,
    delivery: { state: 'queued', messages: [] },
  })
  expect(Date.parse(answer.json.expires_at) - Date.parse(answer.json.created_at)).toBe(600_000)
  expect(await read(answer.json.id)).toEqual(answer.json)
})

test('what policy denies or allows by itself is created all the same', async () => {
  const denied = await ask(house, key, { action: 'root.shell' })
  expect([denied.status, denied.json.status, denied.json.outcome.by]).toEqual([201, 'denied', 'policy'])
  expect(await read(denied.json.id)).toEqual(denied.json)
  const allowed = await ask(house, key, { action: 'cache.flush' })
  expect([allowed.status, allowed.json.status, allowed.json.outcome.code]).toEqual([
    201,
    'approved',
    'allowed_by_policy',
  ])
  expect(allowed.json.grant.jws.split('.')).toHaveLength(3)
  expect(await read(allowed.json.id)).toEqual(allowed.json)
})

test('approval, use and report: each is told, and each is said once', async () => {
  const id = await approved()
  const request = await read(id)
  expect(request).toMatchObject({
    status: 'approved',
    decisions: [
      { approver: { slack_user_id: 'U0BOB', name: 'bob' }, verdict: 'approve', reason: null, surface: 'slack' },
    ],
    policy: { requirements: [{ from: 'data-owners', count: 1, received: 1 }] },
    outcome: { by: 'people', code: 'approved', reason: null },
  })
  expect(request.grant.expires_at).toBe(request.grant_expires_at)

  const use = { execution_id: 'run-1', params: BODY.params }
  const consumed = await post(id, 'consume', use)
  expect([consumed.status, consumed.json.execution, consumed.json.consumed.execution_id]).toEqual([
    200,
    'started',
    'run-1',
  ])
  expect((await post(id, 'consume', use)).json).toEqual(consumed.json)
  expect(outcome(await post(id, 'consume', { ...use, execution_id: 'run-2' }))).toEqual([409, 'already_consumed'])
  expect(outcome(await post(id, 'cancel', {}))).toEqual([409, 'already_consumed'])

  expect(outcome(await post(id, 'complete', { execution_id: 'run-2', status: 'succeeded' }))).toEqual([
    409,
    'already_consumed',
  ])
  const done = { execution_id: 'run-1', status: 'succeeded', summary: 'wrote 10 rows with --password=hunter2' }
  const completed = await post(id, 'complete', done)
  expect([completed.status, completed.json.execution]).toEqual([200, 'succeeded'])
  expect(completed.json.completed).toMatchObject({
    execution_id: 'run-1',
    status: 'succeeded',
    summary: 'wrote 10 rows with --password=[masked]',
    result_digest: null,
  })
  expect((await post(id, 'complete', done)).status).toBe(200)
  expect(outcome(await post(id, 'complete', { ...done, status: 'failed' }))).toEqual([409, 'already_completed'])
})

test('the grant is a JWS that the published key verifies, bound to request and payload', async () => {
  const id = await approved()
  const { grant, payload_digest } = await read(id)
  const [header = '', claims = '', signature = ''] = grant.jws.split('.')
  const { keys }: { keys: readonly { kid: string; x: string }[] } = JSON.parse(
    (await call(house, 'GET', '/.well-known/jwks.json')).text,
  )
  const decoded = JSON.parse(Buffer.from(header, 'base64url').toString())
  const jwk = keys.find(({ kid }) => kid === decoded.kid)
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: String(jwk?.x) }, format: 'jwk' })
  expect(verify(null, Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  expect(keys.every((each) => !('d' in each))).toBe(true)
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: house.url,
    jti: id,
    authorization_details: [{ type: 'countersign_action', action: 'data.export', payload_digest }],
    approvers: ['U0BOB'],
  })
  expect((await read(id)).grant.jws).toBe(grant.jws)
})

describe('consume', () => {
  test('refuses what was not approved, byte for byte', async () => {
    const id = await approved()
    const digest = payloadDigest(BODY)
    expect(outcome(await post(id, 'consume', { execution_id: 'e', params: { ...BODY.params, rows: 11 } }))).toEqual([
      422,
      'digest_mismatch',
    ])
    const other = `${digest.slice(0, -1)}${digest.endsWith('0') ? '1' : '0'}`
    expect(outcome(await post(id, 'consume', { execution_id: 'e', payload_digest: other }))).toEqual([
      422,
      'digest_mismatch',
    ])
    expect((await post(id, 'consume', { execution_id: 'e', payload_digest: digest })).status).toBe(200)
  })

  test.each<[string, unknown]>([
    ['no execution', { payload_digest: `sha256:${'0'.repeat(64)}` }],
    ['neither digest nor params', { execution_id: 'e' }],
    ['both', { execution_id: 'e', params: {}, payload_digest: `sha256:${'0'.repeat(64)}` }],
    ['a digest in capitals', { execution_id: 'e', payload_digest: `sha256:${'A'.repeat(64)}` }],
    ['a bare digest', { execution_id: 'e', payload_digest: '0'.repeat(64) }],
    ['an unknown field', { execution_id: 'e', params: {}, force: true }],
    ['an execution of two lines', { execution_id: 'a\nb', params: {} }],
  ])('refuses a body with %s', async (_name, body) => {
    const { json } = await ask(house, key, BODY)
    expect(outcome(await post(json.id, 'consume', body))).toEqual([422, 'validation_failed'])
  })

  test('refuses what is pending, denied, cancelled or over, each by its name', async () => {
    const use = { execution_id: 'e', params: BODY.params }
    const open = async (): Promise<string> => (await ask(house, key, BODY)).json.id
    const pending = await open()
    expect(outcome(await post(pending, 'consume', use))).toEqual([409, 'not_approved'])
    expect(outcome(await post(pending, 'complete', { execution_id: 'e', status: 'failed' }))).toEqual([
      409,
      'not_approved',
    ])
    await house.decide(pending, 'deny')
    expect(outcome(await post(pending, 'consume', use))).toEqual([409, 'not_approved'])
    expect(outcome(await post(pending, 'cancel', {}))).toEqual([409, 'already_decided'])
    const cancelled = await approved()
    expect((await post(cancelled, 'cancel', { reason: 'not needed' })).json).toMatchObject({
      status: 'cancelled',
      grant: null,
      outcome: { by: 'requester', reason: 'not needed' },
    })
    expect(outcome(await post(cancelled, 'consume', use))).toEqual([409, 'cancelled'])
    expect((await call(house, 'POST', `/v1/requests/${cancelled}/cancel`, { key })).status).toBe(200)
    const unused = await approved()
    expect(outcome(await post(unused, 'complete', { execution_id: 'e', status: 'failed' }))).toEqual([
      409,
      'not_consumed',
    ])
    house.skewMs = 6 * 60_000
    expect(outcome(await post(unused, 'consume', use))).toEqual([409, 'expired'])
    house.skewMs = 0
  })

  test('two at once: one uses it, the other is told so', async () => {
    const id = await approved()
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((execution_id) => post(id, 'consume', { execution_id, params: BODY.params })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
  })

  test('a gate that used a grant for another reports how it went; whoever did not use it cannot', async () => {
    const gate = await house.client({ scopes: ['enforce'] })
    const other = await house.client({ scopes: ['enforce'] })
    const id = await approved()
    const { jws } = (await read(id)).grant
    const use = { execution_id: 'gateway-1', params: BODY.params, grant: jws }
    expect((await post(id, 'consume', use, gate.key)).status).toBe(200)
    const done = { execution_id: 'gateway-1', status: 'succeeded' }
    const reader = await house.client({ scopes: ['read:all'] })
    expect(outcome(await post(id, 'complete', done, reader.key))).toEqual([403, 'insufficient_scope'])
    expect(outcome(await post(id, 'complete', done, (await house.client()).key))).toEqual([404, 'not_found'])
    expect(outcome(await post('req_none', 'complete', done, gate.key))).toEqual([404, 'not_found'])
    expect(outcome(await post(id, 'complete', done, other.key))).toEqual([409, 'already_consumed'])
    const completed = await post(id, 'complete', done, gate.key)
    expect([completed.status, completed.json.execution]).toEqual([200, 'succeeded'])
  })

  test('who enforces may use any request whose grant it presents, and no other', async () => {
    const enforcer = await house.client({ scopes: ['enforce'] })
    const id = await approved()
    const other = await approved()
    const { jws } = (await read(id)).grant
    const use = { execution_id: 'gateway-1', params: BODY.params }
    expect(outcome(await post(id, 'consume', use, enforcer.key))).toEqual([403, 'insufficient_scope'])
    expect(outcome(await post(other, 'consume', { ...use, grant: jws }, enforcer.key))).toEqual([403, 'grant_invalid'])
    expect(outcome(await post('req_none', 'consume', { ...use, grant: jws }, enforcer.key))).toEqual([
      403,
      'grant_invalid',
    ])
    for (const spelled of [`${jws}=`, `${jws}\n`, ` ${jws}`, jws.replace('.', '..'), `${jws.slice(0, -1)}!`, 'x']) {
      expect(outcome(await post(id, 'consume', { ...use, grant: spelled }, enforcer.key))).toEqual([
        403,
        'grant_invalid',
      ])
    }
    const used = await post(id, 'consume', { ...use, grant: jws }, enforcer.key)
    expect([used.status, used.json.consumed.execution_id, used.json.grant]).toEqual([200, 'gateway-1', null])
    const plain = await house.client()
    expect(outcome(await post(other, 'consume', { ...use, grant: (await read(other)).grant.jws }, plain.key))).toEqual([
      404,
      'not_found',
    ])
  })
})

test('two people are counted as two, and shown so', async () => {
  const { json } = await ask(house, key, { action: 'role.grant' })
  await house.decide(json.id, 'approve', 'U0BOB')
  expect((await read(json.id)).policy.requirements).toEqual([{ from: 'data-owners', count: 2, received: 1 }])
  await house.decide(json.id, 'approve', 'U0CAROL')
  expect((await read(json.id)).status).toBe('approved')
})

test('an ask that nobody could approve is refused', async () => {
  const mine = await house.client({ actFor: true })
  const body = { action: 'role.grant', requester: { on_behalf_of: { slack_user_id: 'U0BOB' } } }
  expect(outcome(await ask(house, mine.key, body))).toEqual([422, 'no_eligible_approver'])
})
