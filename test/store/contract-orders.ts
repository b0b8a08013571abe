import { expect, test } from 'vitest'
import type { Change } from '../../src/approval/change.ts'
import { revokeClient } from '../../src/approval/client.ts'
import type { Store } from '../../src/store/store.ts'
import { aClient, HOUR, T0 } from '../approval/given.ts'
import {
  aDelegation,
  allEntries,
  ask,
  breakGlass,
  committed,
  delegating,
  fact,
  newClient,
  pausing,
  resuming,
  stored,
  TWO,
  takeBack,
  use,
  WHO,
  withdraw,
  yes,
} from './changes.ts'
import type { Connect } from './contract.ts'

const EARLY = () => T0
const DAY = 24 * HOUR

/** What people order for everybody, and what they take back. */
export function ordersContract(place: () => Connect): void {
  test('a pause is one: of many who pause, or resume, at once one does, and every process sees it', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const all = (change: Change) =>
      Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2 ? 1 : 0].commit(change)))
    expect(await stores[0].pause()).toBeNull()
    expect((await all(pausing(null))).filter((answer) => answer === 'committed')).toHaveLength(1)
    const standing = await stores[1].pause()
    expect(standing).toEqual({ by: 'U0ADMIN', reason: 'odd', atMs: T0 + 1 })
    if (!standing) return
    // Judged on a pause that is over: whoever paused anew must not be resumed by it.
    expect(await stores[0].commit(resuming({ ...standing, atMs: T0 }))).toBe('conflict')
    expect((await all(resuming(standing))).filter((answer) => answer === 'committed')).toHaveLength(1)
    expect(await stores[0].pause()).toBeNull()
  })

  test('a pause without a reason is ended as it was read', async () => {
    const store = await place()(EARLY)
    const after = { by: 'os:root', reason: null, atMs: T0 }
    expect(await store.commit({ ...fact(), pause: { before: null, after } })).toBe('committed')
    expect(await store.pause()).toEqual(after)
    expect(await store.commit({ ...fact(), pause: { before: { ...after, reason: '' }, after: null } })).toBe('conflict')
    expect(await store.commit({ ...fact(), pause: { before: after, after: null } })).toBe('committed')
  })

  test('while everything is paused no yes and no use is written, however they race with the pause', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const half = await Promise.all(Array.from({ length: 100 }, () => halfway(stores[0])))
    const yeses = half.map((request): Change => ({ ...yes(request, 'U0CAROL'), unlessPaused: true }))
    const say = (change: Change, i: number) => stores[i % 2 ? 1 : 0].commit(change)
    const early = yeses.slice(0, 50).map(say)
    const paused = stores[1].commit(pausing(null))
    const late = yeses.slice(50).map(say)
    expect(await paused).toBe('committed')
    const answers = await Promise.all([...early, ...late])
    const types = (await allEntries(stores[0])).map(({ envelope }) => (JSON.parse(envelope) as { type: string }).type)
    const said = answers.filter((answer) => answer === 'committed').length
    // Some were asked before the pause through the process that paused, and some after it.
    expect([said >= 25, said <= 75]).toEqual([true, true])
    expect(types.filter((type) => type === 'request.approved')).toHaveLength(said)
    expect(types.indexOf('admin.paused')).toBeGreaterThan(types.lastIndexOf('request.approved'))
    expect(types.at(-1)).toBe('admin.paused')
  })

  test('while everything is paused what needs no yes goes on, and after it the yes does', async () => {
    const store = await place()(EARLY)
    const approved = await committed(store, yes(await halfway(store), 'U0CAROL'))
    await store.commit(pausing(null))
    const used: Change = { ...use(approved, 'run-1'), unlessPaused: true }
    expect(await store.commit(used)).toBe('conflict')
    expect(await stored(store, approved.id)).toEqual(approved)
    await store.commit(withdraw(await committed(store, ask())))
    const standing = await store.pause()
    await store.commit(resuming(standing ?? { by: '', reason: null, atMs: 0 }))
    expect(await store.commit(used)).toBe('committed')
  })

  test('a delegation comes back as it was committed, for as long as it may still count, the oldest first', async () => {
    const connect = place()
    const [store, other] = [await connect(EARLY), await connect(EARLY)]
    const first = aDelegation()
    const scheduled = aDelegation({ id: 'del_0', startsAtMs: T0 + DAY, endsAtMs: T0 + 2 * DAY, createdAtMs: T0 + 5 })
    for (const one of [scheduled, first]) expect(await store.commit(delegating(one))).toBe('committed')
    expect(await other.delegations(T0)).toEqual([first, scheduled])
    expect(await other.delegation('del_0')).toEqual(scheduled)
    expect(await other.delegation('del_9')).toBeNull()
    expect(await store.delegations(T0 + HOUR - 1)).toEqual([first, scheduled])
    expect(await store.delegations(T0 + HOUR)).toEqual([scheduled])
    const ended = { ...scheduled, revokedAtMs: T0 + 6 }
    expect(await store.commit(delegating(ended, scheduled))).toBe('committed')
    expect(await store.delegations(T0 + HOUR)).toEqual([])
    expect(await store.delegation('del_0')).toEqual(ended)
  })

  test('a delegation is made once, ended once, and never rewritten', async () => {
    const connect = place()
    const stores = [await connect(EARLY), await connect(EARLY)] as const
    const all = (change: Change) =>
      Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2 ? 1 : 0].commit(change)))
    const made = aDelegation()
    expect((await all(delegating(made))).filter((answer) => answer === 'committed')).toHaveLength(1)
    const ended = { ...made, revokedAtMs: T0 + 1 }
    expect((await all(delegating(ended, made))).filter((answer) => answer === 'committed')).toHaveLength(1)
    for (const over of [{ to: 'U0EVE' }, { endsAtMs: T0 + DAY }, { startsAtMs: 0 }, { id: 'del_2' }]) {
      await expect(stores[0].commit(delegating({ ...ended, ...over }, ended))).rejects.toThrow('does not change')
    }
    await expect(stores[0].commit(delegating(made, ended))).rejects.toThrow()
    expect(await stores[1].delegation('del_1')).toEqual(ended)
    expect((await stores[0].head()).size).toBe(2)
  })

  test('of the delegations those to one person are found, whatever others have', async () => {
    const connect = place()
    const [store, other] = [await connect(EARLY), await connect(EARLY)]
    const mine = aDelegation({ id: 'del_2', createdAtMs: T0 + 1 })
    const older = aDelegation({ id: 'del_3', from: 'U0CAROL', endsAtMs: T0 + DAY })
    for (const one of [mine, aDelegation({ to: 'U0EVE' }), older]) await store.commit(delegating(one))
    expect(await other.delegationsTo('U0DAVE', T0)).toEqual([older, mine])
    expect(await other.delegationsTo('U0DAVE', T0 + HOUR)).toEqual([older])
    expect(await other.delegationsTo('U0BOB', T0)).toEqual([])
    await store.commit(delegating({ ...older, revokedAtMs: T0 }, older))
    expect(await other.delegationsTo('U0DAVE', T0)).toEqual([mine])
  })

  test('what rests on delegations is written while all of them are active, by the clock of the store', async () => {
    let now = T0
    const connect = place()
    const [store, other] = [await connect(() => now), await connect(() => now)]
    const later = aDelegation({ id: 'del_2', startsAtMs: T0 + 10, endsAtMs: T0 + 20 })
    for (const one of [aDelegation(), later]) await store.commit(delegating(one))
    const resting = (...whileDelegated: string[]) => other.commit({ ...fact(), whileDelegated })
    expect(await resting('del_1')).toBe('committed')
    expect(await resting('del_1', 'del_2')).toBe('conflict')
    expect(await resting('del_1', 'del_9')).toBe('conflict')
    now = T0 + 10
    expect(await resting('del_1', 'del_2')).toBe('committed')
    now = T0 + 20
    expect(await resting('del_1', 'del_2')).toBe('conflict')
    const size = (await store.head()).size
    const end = store.commit(delegating({ ...aDelegation(), revokedAtMs: T0 + 20 }, aDelegation()))
    // In the same transaction, behind the end of it.
    const late = store.commit({ ...fact(), whileDelegated: ['del_1'] })
    expect([await end, await late, await resting('del_1')]).toEqual(['committed', 'conflict', 'conflict'])
    expect((await store.head()).size).toBe(size + 1)
  })

  test('what a client must live for is written while it is neither revoked nor over, by the clock of the store', async () => {
    let now = T0
    const connect = place()
    const [store, other] = [await connect(() => now), await connect(() => now)]
    const client = aClient({ expiresAtMs: T0 + HOUR })
    await store.commit(newClient(client))
    const living = (whileClient = client.id) => other.commit({ ...fact(), whileClient })
    expect(await living()).toBe('committed')
    expect(await living('cl_nobody')).toBe('conflict')
    now = T0 + HOUR
    expect(await living()).toBe('conflict')
    now--
    const revoke = store.commit(revokeClient(client, 'os:tester', WHO, now))
    const late = store.commit({ ...fact(), whileClient: client.id })
    expect([await revoke, await late, await living()]).toEqual(['committed', 'conflict', 'conflict'])
  })

  test('a word that was taken back stands beside the request, and another may follow it', async () => {
    const connect = place()
    const [store, other] = [await connect(EARLY), await connect(EARLY)]
    const once = await halfway(store)
    const back = await committed(store, takeBack(once, 'U0BOB'))
    expect((await stored(other, once.id)).decisions.map(({ verdict }) => verdict)).toEqual(['approve', 'withdraw'])
    const [said] = once.decisions
    if (!said) throw new Error('nothing was said')
    const again = {
      ...back,
      version: back.version + 1,
      decisions: [...back.decisions, { ...said, delegatedBy: 'U0EVE' }],
    }
    expect(await store.commit({ ...fact(), request: { before: back, after: again } })).toBe('committed')
    expect(await stored(other, once.id)).toEqual(again)
    const more = { ...again, version: again.version + 1, decisions: [...again.decisions, said] }
    await expect(store.commit({ ...fact(), request: { before: again, after: more } })).rejects.toThrow('standing word')
  })

  test('a broken glass waits for its review, the oldest first, until somebody signs it', async () => {
    const connect = place()
    const [store, other] = [await connect(EARLY), await connect(EARLY)]
    const asked = await Promise.all([1, 2, 3].map(() => committed(store, ask({ evaluated: TWO }))))
    expect(await store.openReviews(10)).toEqual([])
    const broken: Awaited<typeof asked> = []
    for (const request of asked.toReversed()) broken.unshift(await committed(store, breakGlass(request)))
    expect(await other.openReviews(10)).toEqual(broken)
    expect(await other.openReviews(2)).toEqual(broken.slice(0, 2))
    const [first] = broken
    if (!first) throw new Error('no glass was broken')
    const voted = await committed(store, yes(first, 'U0BOB'))
    expect((await other.openReviews(1))[0]).toEqual(voted)
    const signed = await committed(store, breakGlass(voted, 'U0CAROL'))
    expect(await other.openReviews(10)).toEqual(broken.slice(1))
    expect(await stored(other, first.id)).toEqual(signed)
  })

  test('a broken glass is neither mended, nor told otherwise, nor reviewed twice', async () => {
    const store = await place()(EARLY)
    const broken = await committed(store, breakGlass(await committed(store, ask())))
    const glass = broken.brokenGlass
    const becoming = (request: typeof broken, brokenGlass: typeof glass): Change => ({
      ...fact(),
      request: { before: request, after: { ...request, version: request.version + 1, brokenGlass } },
    })
    await expect(store.commit(becoming(broken, null))).rejects.toThrow('stays broken')
    await expect(store.commit(becoming(broken, glass && { ...glass, reason: 'none' }))).rejects.toThrow('stays broken')
    const signed = await committed(store, breakGlass(broken, 'U0CAROL'))
    await expect(store.commit(becoming(signed, glass))).rejects.toThrow('stays broken')
    expect(await stored(store, broken.id)).toEqual(signed)
  })

  test('a client keeps every limit that it was given, and changes only as all of it was read', async () => {
    const connect = place()
    const [store, other] = [await connect(), await connect()]
    const client = aClient({
      actions: ['data.*'],
      environments: [],
      ipRanges: ['10.0.0.0/8', 'fd00::/8'],
      expiresAtMs: T0 + DAY,
      previous: { untilMs: T0 + HOUR, secretHash: 'e'.repeat(64) },
    })
    expect(await store.commit(newClient(client))).toBe('committed')
    expect(await other.client(client.id)).toEqual(client)
    const becoming = (before: typeof client, after: typeof client) =>
      store.commit({ ...fact(), client: { before, after } })
    for (const stale of [
      { ipRanges: [] },
      { actions: null },
      { environments: null },
      { expiresAtMs: null },
      { previous: null },
      { actFor: false },
      { owners: [] },
    ]) {
      expect(await becoming({ ...client, ...stale }, client), JSON.stringify(stale)).toBe('conflict')
    }
    const after = aClient({ actions: null, environments: ['production'], previous: null })
    expect(await becoming(client, after)).toBe('committed')
    expect(await other.client(client.id)).toEqual(after)
    expect(await store.clients()).toEqual([after])
  })

  test('the last use of a client is kept without evidence, and never goes back', async () => {
    const connect = place()
    const [store, other] = [await connect(), await connect()]
    await store.commit(newClient())
    const used = (of: Store, atMs: number) => of.commit({ delivery: 'used', clientId: 'cl_alice', atMs })
    expect(await store.lastUsedAtMs('cl_alice')).toBeNull()
    expect(await used(store, T0 + 5)).toBe('committed')
    expect(await used(other, T0 + 3)).toBe('committed')
    expect(await other.lastUsedAtMs('cl_alice')).toBe(T0 + 5)
    expect(await store.commit({ delivery: 'used', clientId: 'cl_nobody', atMs: T0 })).toBe('conflict')
    expect(await store.lastUsedAtMs('cl_nobody')).toBeNull()
    expect(await store.client('cl_alice')).toEqual(aClient())
    expect((await store.head()).size).toBe(1)
  })
}

/** A request that Bob has approved and that waits for one more. */
const halfway = async (store: Store) => committed(store, yes(await committed(store, ask({ evaluated: TWO })), 'U0BOB'))
