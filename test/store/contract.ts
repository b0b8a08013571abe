import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/approval/change.ts'
import { revokeClient, rotateClient } from '../../src/approval/client.ts'
import { verifyLog } from '../../src/audit/verify.ts'
import type { Awaitable, Store } from '../../src/store/store.ts'
import { ASK, aCaller, aClient, evaluated, HOUR, T0 } from '../approval/given.ts'
import {
  allEntries,
  ask,
  committed,
  fact,
  newClient,
  nextId,
  report,
  requestOf,
  runOut,
  stored,
  TWO,
  use,
  WHO,
  withdraw,
  yes,
} from './changes.ts'
import { onceContract } from './contract-once.ts'
import { ordersContract } from './contract-orders.ts'
import { outboxContract } from './contract-outbox.ts'
import { readsContract } from './contract-reads.ts'

/** Connections to one place, each as another process would have it. `now` is the clock of the store, UTC milliseconds. */
export type Connect = (now?: () => number) => Awaitable<Store>

/** What `Store` promises, held against any store. @param place makes a new empty one for each test. */
export function storeContract(name: string, place: () => Connect): void {
  describe(name, () => {
    commitContract(place)
    logContract(place)
    readsContract(place)
    ordersContract(place)
    onceContract(place)
    outboxContract(place)
  })
}

const KEY = { key: 'key-1', bodyDigest: 'sha256:body' }
const EARLY = () => T0

function commitContract(place: () => Connect): void {
  test('a request comes back as it was committed, at every step of its life', async () => {
    const connect = place()
    const [store, other] = [await connect(EARLY), await connect(EARLY)]
    const check = async (change: Change) => {
      const request = await committed(store, change)
      expect(await stored(other, request.id)).toStrictEqual(JSON.parse(JSON.stringify(request)))
      return stored(store, request.id)
    }
    const asked = await check(ask({ evaluated: TWO }))
    const half = await check(yes(asked, 'U0BOB'))
    const approved = await check(yes(half, 'U0CAROL'))
    const used = await check(use(approved, 'run-1'))
    await check(report(used, 'run-1'))
    await check(withdraw(await check(ask({ ask: { action: 'data.export' } }))))
    await check(runOut(await check(ask()), T0 + HOUR))
    await check(ask({ evaluated: evaluated({ effect: 'allow', requirements: [] }) }))
  })

  test('M7 of many who change one request at one version one is committed and the others conflict', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const asked = await committed(stores[0], ask())
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => stores[i % 2 ? 1 : 0].commit(i % 3 ? yes(asked, 'U0BOB') : withdraw(asked))),
    )
    expect(answers.filter((answer) => answer === 'committed')).toHaveLength(1)
    expect(await stored(stores[0], asked.id)).toMatchObject({ version: 2 })
    expect((await allEntries(stores[1])).filter(({ envelope }) => envelope.includes('request.opened'))).toHaveLength(1)
  })

  test('INV9 of 64 asks with one idempotency key one opens a request, whichever process took it', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const asks = Array.from({ length: 64 }, () => ask({ idempotency: KEY }))
    const answers = await Promise.all(asks.map((change, i) => stores[i % 2 ? 1 : 0].commit(change)))
    expect(answers.filter((answer) => answer === 'committed')).toHaveLength(1)
    const winner = asks[answers.indexOf('committed')]
    expect(await stores[0].idempotent('cl_alice', KEY.key)).toEqual({
      requestId: winner && requestOf(winner).id,
      bodyDigest: KEY.bodyDigest,
    })
    expect(await stores[0].requests({ limit: 100 })).toHaveLength(1)
    expect((await stores[1].head()).size).toBe(1)
    expect(await stores[0].due(T0)).toHaveLength(1)
  })

  test('one idempotency key of two clients opens two requests, and none is found under another client', async () => {
    const store = await place()(EARLY)
    await committed(store, ask({ idempotency: KEY }))
    await committed(store, ask({ client: aCaller({ id: 'cl_other' }), idempotency: KEY }))
    expect(await store.requests({ limit: 10 })).toHaveLength(2)
    expect(await store.idempotent('cl_third', KEY.key)).toBeNull()
    expect(await store.idempotent('cl_alice', 'key-2')).toBeNull()
  })

  test('an id that is taken is a conflict, and what stands there stays', async () => {
    const store = await place()(EARLY)
    const first = await committed(store, ask())
    expect(await store.commit(ask({ id: first.id, ask: { ...ASK, resource: 'another' } }))).toBe('conflict')
    expect(await stored(store, first.id)).toEqual(first)
  })

  test('all or none: a conflict leaves neither evidence nor messages nor a client', async () => {
    const store = await place()(EARLY)
    const asked = await committed(store, ask())
    const before = await store.head()
    const taken = ask({ id: asked.id })
    expect(await store.commit({ ...taken, ...newClient(), request: taken.request ?? never() })).toBe('conflict')
    await store.commit(newClient())
    const clash = { ...newClient(), ...ask() }
    expect(await store.commit(clash)).toBe('conflict')
    expect(await store.request(requestOf(clash).id)).toBeNull()
    expect((await store.head()).size).toBe(before.size + 1)
    expect((await store.outboxState()).waiting).toBe(1)
  })

  test('a write with a defect is thrown to its caller alone; the others of its group are committed', async () => {
    const store = await place()(EARLY)
    const asked = await committed(store, ask())
    const broken = fact()
    const defects: Change[] = [
      { ...broken, audit: [{ ...broken.audit[0], body: { text: '\ud800' } }] },
      { ...broken, audit: [{ ...broken.audit[0], body: { number: Number.NaN } }] },
      { ...broken, request: { before: asked, after: { ...asked, version: 2, ask: { action: 'data.drop' } } } },
      { ...broken, request: { before: asked, after: { ...asked, version: 3 } } },
      { ...ask(), outbox: [{ kind: 'update', requestId: 'req_nobody', channel: 'C0PROD' }] },
    ]
    const writes = defects.flatMap((defect) => [ask(), defect, ask()])
    const answers = await Promise.allSettled(writes.map((write) => store.commit(write)))
    const said = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'thrown'))
    expect(said).toEqual(defects.flatMap(() => ['committed', 'thrown', 'committed']))
    expect(await store.requests({ limit: 100 })).toHaveLength(1 + 2 * defects.length)
    expect(await stored(store, asked.id)).toEqual(asked)
    expect(verifyLog(await allEntries(store), await store.head())).toMatchObject({ whole: true })
    expect((await store.head()).size).toBe(1 + 2 * defects.length)
  })

  test('INV3 one approver stands once beside a request, whatever a rule makes of it', async () => {
    const store = await place()(EARLY)
    const asked = await committed(store, ask({ evaluated: TWO }))
    const once = await committed(store, yes(asked, 'U0BOB'))
    const twice = { ...once, version: 3, decisions: [...once.decisions, ...once.decisions] }
    await expect(store.commit({ ...fact(), request: { before: once, after: twice } })).rejects.toThrow()
    expect(await stored(store, asked.id)).toEqual(once)
  })

  test('INV10 a yes that waited past its time is a conflict by the clock of the store', async () => {
    let clock = T0
    const store = await place()(() => clock)
    const asked = await committed(store, ask())
    const late = yes(asked, 'U0BOB')
    clock = T0 + HOUR
    expect(await store.commit(late)).toBe('conflict')
    clock = T0 + HOUR - 1
    expect(await store.commit(late)).toBe('committed')
  })

  test('a client changes only as it was read, and every process sees it at once', async () => {
    const connect = place()
    const [store, cli] = [await connect(), await connect()]
    expect(await store.client('cl_alice')).toBeNull()
    expect(await cli.commit(newClient())).toBe('committed')
    const client = await store.client('cl_alice')
    expect(client).toEqual(aClient())
    expect(await cli.commit(rotateClient(aClient(), 'f'.repeat(64), 'slack:U0ADMIN', WHO, T0))).toBe('committed')
    expect(await store.client('cl_alice')).toMatchObject({ secretHash: 'f'.repeat(64) })
    expect(await store.commit(revokeClient(aClient(), 'os:tester', WHO, T0))).toBe('conflict')
    const rotated = aClient({ secretHash: 'f'.repeat(64) })
    expect(await store.commit(revokeClient(rotated, 'os:tester', WHO, T0))).toBe('committed')
    expect(await store.client('cl_alice')).toMatchObject({ revokedAtMs: T0 })
    expect(await cli.clients()).toEqual([{ ...rotated, revokedAtMs: T0 }])
    expect(await cli.commit(rotateClient(rotated, 'e'.repeat(64), 'slack:U0ADMIN', WHO, T0))).toBe('conflict')
    expect(await cli.commit(newClient())).toBe('conflict')
  })

  test('a closed store takes no writes', async () => {
    const store = await place()()
    const last = store.commit(fact())
    await store.close()
    expect(await last).toBe('committed')
    await expect(store.commit(fact())).rejects.toMatchObject({ name: 'StorageError' })
  })

  test('a step of delivery that ends after the store was closed is written nowhere, and no error', async () => {
    const connect = place()
    const store = await connect()
    await store.commit(ask({ evaluated: TWO }))
    const [row] = await store.due(Number.MAX_SAFE_INTEGER)
    await store.close()
    expect(await store.commit({ delivery: 'done', row: row?.id ?? 0, cards: [] })).toBe('conflict')
    expect(await (await connect()).due(Number.MAX_SAFE_INTEGER)).toMatchObject([{ id: row?.id }])
  })
}

function logContract(place: () => Connect): void {
  test('INV8 after any commits through two processes the log verifies against the head', async () => {
    const write = fc.record({ by: fc.constantFrom(0, 1), entries: fc.integer({ min: 1, max: 3 }), atMs: fc.nat(1e12) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
        const connect = place()
        const stores = [await connect(), await connect()] as const
        let size = 0
        for (const round of rounds) {
          const facts = round.map(({ entries, atMs }): Change => {
            const [one] = fact(atMs).audit
            return { atMs, audit: [one, ...Array.from({ length: entries - 1 }, () => one)] }
          })
          await Promise.all(facts.map((change, i) => stores[round[i]?.by === 1 ? 1 : 0].commit(change)))
          size += round.reduce((sum, { entries }) => sum + entries, 0)
        }
        const head = await stores[1].head()
        expect(head.size).toBe(size)
        expect(verifyLog(await allEntries(stores[0]), head)).toMatchObject({ whole: true, head })
      }),
      { numRuns: 15 },
    )
  })

  test('F15 the time of the log never goes back', async () => {
    const store = await place()()
    expect(await store.lastAuditAtMs()).toBe(0)
    await store.commit(fact(T0 + 5))
    await store.commit(fact(T0))
    const times = (await allEntries(store)).map(({ envelope }) => (JSON.parse(envelope) as { at: string }).at)
    expect(times).toEqual([new Date(T0 + 5).toISOString(), new Date(T0 + 5).toISOString()])
    expect(await store.lastAuditAtMs()).toBe(T0 + 5)
  })

  test('no two entries have the same salt', async () => {
    const store = await place()()
    await Promise.all(Array.from({ length: 600 }, () => store.commit(fact())))
    expect(new Set((await allEntries(store)).map(({ salt }) => salt)).size).toBe(600)
  })

  test('the entries of one request are found by it, in their order, and the log is read in pages', async () => {
    const store = await place()(EARLY)
    const [asked] = await Promise.all([
      committed(store, ask()),
      store.commit(fact()),
      store.commit(ask({ id: nextId() })),
    ])
    await store.commit(withdraw(asked))
    expect((await store.auditOf(asked.id)).map(({ seq }) => seq)).toEqual([1, 4])
    expect((await store.auditEntries(1, 2)).map(({ seq }) => seq)).toEqual([2, 3])
    expect(await store.auditEntries(4, 10)).toEqual([])
    expect(await store.auditOf('req_nobody')).toEqual([])
  })
}

const never = (): never => {
  throw new Error('the change holds no request')
}
