import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StorageError, type Store } from '../../src/store/store.ts'
import { openHouse, policy, type TestHouse } from './house.ts'
import { type Answer, ask, call, until } from './wire.ts'

let house: TestHouse
let key: string
/** What the next commits and reads throw: the real store, on a disk that fails. */
let fault: Error | null

const failing = (store: Store): Store => ({
  ...store,
  commit: async (write) => {
    if (fault) throw fault
    return store.commit(write)
  },
  request: (id) => {
    if (fault?.message === 'reads') throw new StorageError('failed', 'SQLITE_IOERR at /var/lib/secret/path.db')
    return store.request(id)
  },
})

beforeEach(async () => {
  fault = null
  house = await openHouse({ store: failing })
  key = (await house.client()).key
})
afterEach(async () => {
  fault = null
  await house.close()
})

const BODY = { action: 'data.export', environment: 'production' }
const told = ({ status, json, headers }: Answer): unknown[] => [status, json.code, headers['retry-after']]

describe('storage faults are told, and say nothing of our insides', () => {
  test.each([
    [new StorageError('full', 'SQLITE_FULL: INSERT INTO requests'), 507, 'storage_full', '30'],
    [new StorageError('busy', 'SQLITE_BUSY: /data/countersign.db'), 503, 'storage_unavailable', '1'],
    [new StorageError('failed', 'SQLITE_IOERR'), 503, 'storage_unavailable', '1'],
    [new Error('a bug at /src/secret.ts with cs_key'), 500, 'internal', undefined],
  ])('%s', async (error, status, code, retryAfter) => {
    fault = error
    const answer = await ask(house, key, BODY)
    expect(told(answer)).toEqual([status, code, retryAfter])
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.text).not.toMatch(/SQLITE|INSERT|\.db|\/src|cs_key|at \w+ \(/)
    fault = null
    expect((await ask(house, key, BODY)).status).toBe(201)
  })

  test('a read that fails while an answer is held ends that answer, and no waiter stays', async () => {
    const { json } = await ask(house, key, BODY)
    fault = new Error('reads')
    const answer = await call(house, 'GET', `/v1/requests/${json.id}?wait=60`, { key })
    expect(told(answer)).toEqual([503, 'storage_unavailable', '1'])
    expect(house.service.waiters.count).toBe(0)
  })

  test('nothing is counted as pending of what failed', async () => {
    house.policy = policy({ pending: 1 })
    fault = new StorageError('full', 'full')
    await ask(house, key, BODY)
    fault = null
    expect((await ask(house, key, BODY)).status).toBe(201)
  })
})

describe('limits', () => {
  test('T4: more asks a minute than the policy allows are 429 with Retry-After; other clients are not touched', async () => {
    house.policy = policy({ perMinute: 3 })
    const answers: Answer[] = []
    for (let i = 0; i < 5; i++) answers.push(await ask(house, key, { action: 'cache.flush' }))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429])
    expect(answers[4]?.json.code).toBe('rate_limited')
    expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await call(house, 'GET', '/v1/requests', { key })).status).toBe(200)
    expect((await ask(house, (await house.client()).key, { action: 'cache.flush' })).status).toBe(201)
    house.policy = policy({ perMinute: 100 })
    expect((await ask(house, key, { action: 'cache.flush' })).status).toBe(201)
  })

  test('too many pending are 429 until one ends', async () => {
    house.policy = policy({ pending: 2 })
    const first = await ask(house, key, BODY)
    await ask(house, key, BODY)
    expect(told(await ask(house, key, BODY))).toEqual([429, 'too_many_pending', '10'])
    await call(house, 'POST', `/v1/requests/${first.json.id}/cancel`, { key })
    expect((await ask(house, key, BODY)).status).toBe(201)
  })
})

test('INV7: without a policy nothing is opened', async () => {
  house.policy = null
  expect(told(await ask(house, key, BODY))).toEqual([503, 'policy_unavailable', '5'])
  expect(await house.store.requests({ limit: 10 })).toEqual([])
})

describe('liveness and readiness', () => {
  test('ready says so with its checks; not ready is 503 with each reason', async () => {
    expect((await call(house, 'GET', '/healthz')).text).toBe('{"status":"ok"}')
    const ready = await call(house, 'GET', '/readyz')
    expect([ready.status, JSON.parse(ready.text)]).toEqual([200, { ready: true, checks: { storage: { ok: true } } }])
    house.readiness = {
      ready: false,
      checks: { storage: { ok: true }, slack: { ok: false, reason: 'Slack cannot be reached' } },
    }
    const not = await call(house, 'GET', '/readyz')
    expect(told(not)).toEqual([503, 'not_ready', '5'])
    expect(not.json.detail).toBe('slack: Slack cannot be reached')
    expect(JSON.parse(not.text)).toMatchObject({ ready: false, checks: house.readiness.checks })
    expect((await call(house, 'GET', '/healthz')).status).toBe(200)
  })
})

describe('metrics', () => {
  const line = async (pattern: RegExp): Promise<string | undefined> =>
    pattern.exec((await call(house, 'GET', '/metrics')).text)?.[0]

  test('count what happened, by our words alone', async () => {
    const { json } = await ask(house, key, BODY)
    await ask(house, key, { action: 'cache.flush' })
    await house.decide(json.id, 'approve')
    await call(house, 'POST', `/v1/requests/${json.id}/consume`, { key, body: { execution_id: 'e', params: { a: 1 } } })
    await call(house, 'GET', `/${'x'.repeat(50)}`, { key })
    const { text, headers } = await call(house, 'GET', '/metrics')
    expect(headers['content-type']).toContain('text/plain')
    for (const expected of [
      'countersign_http_requests_total{method="POST",route="/v1/requests",status="201"} 2',
      'countersign_http_requests_total{method="GET",route="unmatched",status="404"} 1',
      'countersign_requests_opened_total{effect="require_approval"} 1',
      'countersign_requests_opened_total{effect="allow"} 1',
      'countersign_requests_ended_total{status="approved"} 2',
      'countersign_decisions_total{verdict="approve"} 1',
      'countersign_refusals_total{code="digest_mismatch"} 1',
      'countersign_waiters 0',
      'countersign_outbox_failed 0',
    ]) {
      expect(text).toContain(`\n${expected}\n`)
    }
    expect(text).not.toContain('xxxx')
    expect(text).toMatch(/^countersign_nodejs_eventloop_lag_seconds /m)
    expect(text).not.toContain(json.id)
  })

  test('two houses in one process do not share counts', async () => {
    const second = await openHouse()
    await ask(house, key, BODY)
    expect(await line(/^countersign_requests_opened_total\{effect="require_approval"\} 1$/m)).toBeDefined()
    expect((await call(second, 'GET', '/metrics')).text).not.toMatch(/^countersign_requests_opened_total\{/m)
    await second.close()
  })

  test('commits are timed', async () => {
    await house.close()
    let timed: ((store: Store) => Store) | undefined
    house = await openHouse({
      store: (store) => ({ ...store, commit: (write) => (timed?.(store) ?? store).commit(write) }),
    })
    timed = (store) => house.metrics.timed(store)
    key = (await house.client()).key
    await ask(house, key, BODY)
    await until(async () => (await line(/^countersign_commit_seconds_count [1-9]/m)) !== undefined)
    expect(await line(/^countersign_commit_seconds_count \d+/m)).toBe('countersign_commit_seconds_count 2')
  })
})
