import { expect, test } from 'vitest'
import type { Allowance, Change } from '../../src/approval/change.ts'
import type { Delivery, Store } from '../../src/store/store.ts'
import { HOUR, T0 } from '../approval/given.ts'
import { ask, fact, limitedAsk, requestOf } from './changes.ts'
import type { Connect } from './contract.ts'

const EARLY = () => T0

/** What may happen once, or so often and no oftener; and which policies were in force. */
export function onceContract(place: () => Connect): void {
  const reads = (over: Partial<Allowance> = {}): Allowance => ({
    rule: 'reads',
    key: 'cl_alice',
    most: 7,
    sinceMs: T0 - HOUR,
    ...over,
  })

  test('T3 of 50 asks at once exactly as many use a limited rule as it allows, whichever process took them', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const asks = Array.from({ length: 50 }, () => limitedAsk([reads()]))
    const answers = await Promise.all(asks.map((change, i) => stores[i % 2 ? 1 : 0].commit(change)))
    expect(answers.filter((answer) => answer === 'committed')).toHaveLength(7)
    expect(await stores[0].allowancesUsed('reads', 'cl_alice', T0 - HOUR)).toBe(7)
    expect(await stores[1].requests({ limit: 100 })).toHaveLength(7)
    expect((await stores[1].head()).size).toBe(14)
  })

  test('T3 whoever asks under several names has used it up under each of them', async () => {
    const store = await place()(EARLY)
    const both = [reads({ most: 2 }), reads({ most: 2, key: 'email:eve@example.com' })]
    const viaOther = [reads({ most: 2, key: 'cl_other' }), reads({ most: 2, key: 'email:eve@example.com' })]
    expect(await store.commit(limitedAsk(both))).toBe('committed')
    expect(await store.commit(limitedAsk(viaOther))).toBe('committed')
    expect(await store.commit(limitedAsk(both))).toBe('conflict')
    expect(await store.commit(limitedAsk(viaOther))).toBe('conflict')
    expect(await store.commit(limitedAsk([reads({ most: 2 })]))).toBe('committed')
    expect(await store.allowancesUsed('reads', 'cl_other', 0)).toBe(1)
  })

  test('uses are counted for each rule and key since the moment that was asked for, itself included', async () => {
    const store = await place()(EARLY)
    for (const nowMs of [T0, T0 + 10, T0 + 20]) await store.commit(limitedAsk([reads()], { nowMs }))
    const used = (sinceMs: number, rule = 'reads', key = 'cl_alice') => store.allowancesUsed(rule, key, sinceMs)
    expect([await used(0), await used(T0), await used(T0 + 1), await used(T0 + 20), await used(T0 + 21)]).toEqual([
      3, 3, 2, 1, 0,
    ])
    expect([await used(0, 'writes'), await used(0, 'reads', 'cl_other')]).toEqual([0, 0])
    const later = { most: 1, sinceMs: T0 + 21 }
    expect(await store.commit(limitedAsk([reads(later)], { nowMs: T0 + 21 }))).toBe('committed')
    expect(await store.commit(limitedAsk([reads(later)], { nowMs: T0 + 22 }))).toBe('conflict')
  })

  test('a limit of nothing, or one that is no number, allows nothing', async () => {
    const store = await place()(EARLY)
    for (const most of [0, -1, Number.NaN]) expect(await store.commit(limitedAsk([reads({ most })]))).toBe('conflict')
    await expect(store.commit(limitedAsk([reads({ sinceMs: Number.NaN })]))).rejects.toThrow('no time')
    expect(await store.requests({ limit: 10 })).toEqual([])
  })

  test('a use stands and falls with the request that it was for', async () => {
    const store = await place()(EARLY)
    const taken = ask()
    await store.commit(taken)
    expect(await store.commit(limitedAsk([reads()], { id: requestOf(taken).id }))).toBe('conflict')
    const both = [reads(), reads({ key: 'cl_other', most: 0 })]
    expect(await store.commit(limitedAsk(both))).toBe('conflict')
    expect(await store.allowancesUsed('reads', 'cl_alice', 0)).toBe(0)
    await expect(store.commit({ ...fact(), allowances: [reads()] })).rejects.toThrow('only a new request')
  })

  const token = (over: Partial<Extract<Delivery, { delivery: 'token' }>> = {}): Delivery => ({
    delivery: 'token',
    issuer: 'https://idp.example.com',
    jti: 'one',
    expiresAtMs: T0 + 1000,
    ...over,
  })
  const answersOf = async (stores: readonly [Store, Store], write: Delivery, times: number) =>
    (await Promise.all(Array.from({ length: times }, (_, i) => stores[i % 2 ? 1 : 0].commit(write)))).toSorted()

  test('T17 of 8 who show one token at once one is let in, and nobody after a restart', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    expect(await answersOf(stores, token(), 8)).toEqual(['committed', ...Array(7).fill('conflict')])
    for (const store of stores) await store.close()
    const again = await connect(EARLY)
    expect(await again.commit(token())).toBe('conflict')
    expect(await again.commit(token({ jti: 'two' }))).toBe('committed')
    expect(await again.commit(token({ issuer: 'https://other.example.com' }))).toBe('committed')
    expect((await again.head()).size).toBe(0)
  })

  test('T17 a token is remembered for an hour past its end, and is no more let in when it is forgotten', async () => {
    let clock = T0
    const store = await place()(() => clock)
    expect(await store.commit(token())).toBe('committed')
    clock = T0 + 1000 + HOUR
    expect(await store.commit(token({ jti: 'two', expiresAtMs: clock + 1000 }))).toBe('committed')
    expect(await store.commit(token())).toBe('conflict')
    clock += 1
    expect(await store.commit(token({ jti: 'three', expiresAtMs: clock + 1000 }))).toBe('committed')
    expect(await store.commit(token())).toBe('conflict')
    expect(await store.commit(token({ jti: 'new', expiresAtMs: Number.NaN }))).toBe('conflict')
    expect(await store.commit(token({ jti: 'two', expiresAtMs: clock + 9000 }))).toBe('conflict')
  })

  test('INV12 every policy that came into force is found by its digest, and they are told newest first', async () => {
    const store = await place()(EARLY)
    const loaded = (name: string, atMs: number): Change => {
      const body = { digest: `sha256:${name}`, text: `# ${name}` }
      return { atMs, audit: [{ type: 'policy.loaded', actor: 'system', source: 'system', requestId: null, body }] }
    }
    expect(await store.policyVersions(10)).toEqual([])
    // A start loads again what was in force; a policy may come back after another.
    const names = ['a', 'a', 'b', 'b', 'a']
    for (const [i, name] of names.entries()) {
      await store.commit(loaded(name, T0 + i))
      await store.commit(fact(T0 + i))
    }
    const version = (name: string, atMs: number) => ({ digest: `sha256:${name}`, text: `# ${name}`, atMs })
    const all = [version('a', T0 + 4), version('b', T0 + 2), version('a', T0)]
    expect(await store.policyVersions(10)).toEqual(all)
    expect(await store.policyVersions(2)).toEqual(all.slice(0, 2))
    expect(await store.policyText('sha256:b')).toBe('# b')
    expect(await store.policyText('sha256:c')).toBeNull()
  })
}
