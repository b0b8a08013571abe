import { generateKeyPairSync } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { expect } from 'vitest'
import type { Answer, Api, Shown } from '../api.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import { Voice } from './voice.ts'

/** What a yes is good for: one use, of one thing, by one client. */

const stages = openStages()

const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]

async function approved(on: Stage, body: object = {}, by: Api = on.scene.api): Promise<Shown> {
  const request = await on.ask('one', body as Record<string, unknown>, by)
  await new Voice('API', on).takes('U0BOB', request, 'approved')
  return (await by.get(request.id)).body
}

const jwsOf = ({ grant }: Shown): string => {
  if (!grant) throw new Error('there is no grant')
  return grant.jws
}

const enforcer = (on: Stage): Promise<Api> => on.client({ scopes: ['enforce'], owners: ['U0ERIN'] })
const enforce = (by: Api, { id, payload_digest }: Shown, grant: string, execution_id = 'run'): Promise<Answer> =>
  by.call('POST', `/v1/requests/${id}/consume`, { execution_id, payload_digest, grant })

bypass('B38', stages, async (by) => {
  const { api } = by.on.scene
  const request = await by.on.ask('one')
  await by.takes('U0BOB', request, 'approved')
  const jws = jwsOf((await api.get(request.id)).body)
  expect((await api.cancel(request.id)).body).toMatchObject({ status: 'cancelled', grant: null })
  expect(outcome(await api.consume(request, 'run'))).toEqual([409, 'cancelled'])
  expect(outcome(await enforce(await enforcer(by.on), request, jws))).toEqual([409, 'cancelled'])
  expect(await by.on.request(request.id)).toMatchObject({ consumed: null, grantExpiresAtMs: null })
})

bypass('B47', stages, async ({ on }) => {
  const twin = { action: on.action('one'), params: { table: 'customers' } }
  const [first, second] = [(await on.scene.api.ask(twin)).body, (await on.scene.api.ask(twin)).body]
  expect(first.payload_digest).toBe(second.payload_digest)
  await new Voice('API', on).takes('U0BOB', first, 'approved')
  const jws = jwsOf((await on.scene.api.get(first.id)).body)
  const gate = await enforcer(on)
  expect(outcome(await enforce(gate, second, jws))).toEqual([403, 'grant_invalid'])
  expect(outcome(await on.scene.api.consume(second, 'run'))).toEqual([409, 'not_approved'])
  await new Voice('API', on).takes('U0BOB', second, 'approved')
  expect(outcome(await enforce(gate, second, jws))).toEqual([403, 'grant_invalid'])
  expect((await on.request(second.id)).consumed).toBeNull()
  expect((await enforce(gate, first, jws)).status).toBe(200)
})

/** Texts of the same grant that a lenient reader might take for others. */
const spellings = (jws: string): string[] => {
  const [header = '', payload = '', signature = ''] = jws.split('.')
  const last = signature.at(-1) ?? ''
  const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const twin = other[(other.indexOf(last) & ~3) | ((other.indexOf(last) + 1) & 3)] ?? ''
  return [
    `${header}.${payload}.${signature}=`,
    `${header}=.${payload}.${signature}`,
    ` ${jws}`,
    `${jws}\n`,
    `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
    jws.replaceAll('-', '+').replaceAll('_', '/'),
  ]
}

bypass('B48', stages, async ({ on }) => {
  const request = await approved(on)
  const jws = jwsOf(request)
  const gates = await Promise.all([enforcer(on), enforcer(on)])
  const uses = Array.from({ length: 32 }, (_, n) =>
    n % 4 === 3
      ? enforce(gates[n % 8 === 3 ? 0 : 1] as Api, request, spellings(jws)[n % 6] ?? jws, `run-${n}`)
      : n % 2 === 0
        ? on.scene.api.consume(request, `run-${n}`)
        : enforce(gates[0] as Api, request, jws, `run-${n}`),
  )
  const codes = (await Promise.all(uses)).map(outcome)
  expect(codes.filter(([status]) => status === 200)).toHaveLength(1)
  const refusals = new Set(codes.filter(([status]) => status !== 200).map((code) => code.join(' ')))
  expect(
    [...refusals].every((code) =>
      ['409 already_consumed', '403 grant_invalid', '422 validation_failed'].includes(code),
    ),
  ).toBe(true)
  expect(refusals.has('409 already_consumed')).toBe(true)
  const entries = await on.entries(request.id)
  expect(entries.filter(({ type }) => type === 'grant.consumed')).toHaveLength(1)
  expect(entries.filter(({ type }) => type === 'grant.refused').length).toBeGreaterThan(0)
})

bypass('B49', stages, async ({ on }) => {
  const request = await approved(on)
  const first = await on.scene.api.consume(request, 'run-1')
  for (let i = 0; i < 3; i++) {
    const again = await on.scene.api.consume(request, 'run-1')
    expect([again.status, again.body.consumed]).toEqual([200, first.body.consumed])
  }
  expect(outcome(await on.scene.api.consume(request, 'run-2'))).toEqual([409, 'already_consumed'])
  // The same name of an execution, of another gate.
  expect(outcome(await enforce(await enforcer(on), request, jwsOf(request), 'run-1'))).toEqual([
    409,
    'already_consumed',
  ])
})

bypass('B50', stages, async ({ on }) => {
  const test = stages('http')
  const twin = { params: { table: 'customers' } }
  const there = await approved(test, twin)
  const here = await on.ask('one', twin)
  const gate = await enforcer(on)
  expect(decodeJwt(jwsOf(there)).iss).not.toBe(on.scene.house().url)
  for (const request of [here, { ...there, id: here.id }, there]) {
    expect(outcome(await enforce(gate, request, jwsOf(there)))).toEqual([403, 'grant_invalid'])
  }
  // With all the right claims, and a key of the attacker's.
  const claims = { ...decodeJwt(jwsOf(there)), iss: on.scene.house().url, jti: here.id }
  const { privateKey } = generateKeyPairSync('ed25519')
  for (const kid of [undefined, await kidOf(on)]) {
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', ...(kid ? { kid } : {}) })
      .sign(privateKey)
    expect(outcome(await enforce(gate, here, forged))).toEqual([403, 'grant_invalid'])
  }
  expect(await on.request(here.id)).toMatchObject({ status: 'pending', consumed: null })
})

const jwks = async (on: Stage): Promise<JSONWebKeySet> =>
  (await fetch(`${on.scene.house().url}/.well-known/jwks.json`)).json() as Promise<JSONWebKeySet>
const kidOf = async (on: Stage): Promise<string | undefined> => (await jwks(on)).keys[0]?.kid

bypass('T22', stages, async ({ on }) => {
  const request = await approved(on, { params: { plan: 'b5bb9d80' } })
  const jws = jwsOf(request)
  const keys = createLocalJWKSet(await jwks(on))
  const issuer = on.scene.house().url
  const client = (await on.request(request.id)).client.id
  const { payload } = await jwtVerify(jws, keys, { issuer, audience: client })
  expect(payload).toMatchObject({
    jti: request.id,
    authorization_details: [
      { action: (await on.request(request.id)).ask.action, payload_digest: request.payload_digest },
    ],
    approvers: ['U0BOB'],
  })
  // Another service that checks, offline: not for it. Online: not its own, and not what was approved.
  await expect(jwtVerify(jws, keys, { issuer, audience: 'cl_other' })).rejects.toThrow(/aud/)
  const other = await on.client()
  expect(outcome(await other.consume(request, 'run'))).toEqual([404, 'not_found'])
  expect(outcome(await enforce(other, request, jws))).toEqual([404, 'not_found'])
  const gate = await enforcer(on)
  const swapped = { ...request, payload_digest: `sha256:${'0'.repeat(64)}` }
  expect(outcome(await enforce(gate, swapped, jws))).toEqual([422, 'digest_mismatch'])
  expect((await on.request(request.id)).consumed).toBeNull()
})
