import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestQuery } from '../../src/store/store.ts'
import { ASK, aCaller, evaluated, HOUR, T0 } from '../approval/given.ts'
import { ask, committed, requestOf, withdraw } from './changes.ts'
import type { Connect } from './contract.ts'

const EARLY = () => T0

/** What is listed, counted and swept. */
export function readsContract(place: () => Connect): void {
  test('a list holds exactly what every given filter lets through, newest first', async () => {
    const store = await place()(EARLY)
    const other = aCaller({ id: 'cl_other', owners: ['U0DAVE'] })
    const opened = [
      ask(),
      ask({ client: other, ask: { action: 'role.grant', title: 'Über 100%_sure' } }),
      ask({ nowMs: T0 + 10, ask: { ...ASK, environment: 'staging', reason: 'ÄRGER mit Öl' } }),
      ask({ ask: { ...ASK, requester: { on_behalf_of: { email: 'Eve@Example.com' } } } }),
      ask({ ask: { ...ASK, requester: { on_behalf_of: { slack_user_id: 'U0EVE' } } } }),
    ].map((change) => ({ change, request: requestOf(change) }))
    for (const { change } of opened) await store.commit(change)
    await store.commit(withdraw(opened[0]?.request ?? requestOf(ask())))
    const found = async (query: Partial<RequestQuery>) => {
      const page = await store.requests({ limit: 50, ...query })
      return page.map(({ id }) => opened.findIndex(({ request }) => request.id === id))
    }
    expect(await found({})).toEqual([4, 3, 2, 1, 0])
    expect(await found({ limit: 2 })).toEqual([4, 3])
    expect(await found({ before: opened[3]?.request.id, limit: 2 })).toEqual([2, 1])
    expect(await found({ clientId: 'cl_other' })).toEqual([1])
    expect(await found({ status: 'pending' })).toEqual([4, 3, 2, 1])
    expect(await found({ status: 'cancelled' })).toEqual([0])
    expect(await found({ status: 'pending', clientId: 'cl_alice', before: opened[4]?.request.id })).toEqual([3, 2])
    expect(await found({ action: 'role.grant' })).toEqual([1])
    expect(await found({ environment: 'staging' })).toEqual([2])
    expect(await found({ requester: 'cl_other' })).toEqual([1])
    expect(await found({ requester: 'eve@example.com' })).toEqual([3])
    expect(await found({ requester: 'U0EVE' })).toEqual([4])
    expect(await found({ behind: 'slack:U0DAVE' })).toEqual([1])
    expect(await found({ behind: 'slack:U0EVE' })).toEqual([4])
    expect(await found({ sinceMs: T0 + 10 })).toEqual([2])
    expect(await found({ untilMs: T0 + 10 })).toEqual([4, 3, 1, 0])
    expect(await found({ q: 'ärger MIT' })).toEqual([2])
    expect(await found({ q: '100%_' })).toEqual([1])
    expect(await found({ q: 'ROLE.gra' })).toEqual([1])
    expect(await found({ q: '%' })).toEqual([1])
    expect(await found({ q: 'partner_bucket' })).toEqual([])
    expect(await found({ q: "'; DROP TABLE requests; --" })).toEqual([])
  })

  test('any text that is searched for is looked for as it stands', async () => {
    const store = await place()(EARLY)
    await store.commit(ask())
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (q) => {
        const texts = [ASK.action, ASK.resource, ASK.reason].map((text) => (text ?? '').toLowerCase())
        const expected = texts.some((text) => text.includes(q.toLowerCase())) ? 1 : 0
        expect(await store.requests({ q, limit: 5 })).toHaveLength(expected)
      }),
      { numRuns: 50, examples: [['%'], ['_'], ['\\'], ['"'], ['S3://'], ['\u0000']] },
    )
  })

  test('pages joined are the whole list', async () => {
    const store = await place()(EARLY)
    const all = await Promise.all(Array.from({ length: 25 }, () => committed(store, ask())))
    const seen: string[] = []
    for (let before: string | undefined; seen.length < 30; ) {
      const page = await store.requests({ limit: 7, before })
      seen.push(...page.map(({ id }) => id))
      before = page.at(-1)?.id
      if (page.length < 7) break
    }
    expect(seen).toEqual(all.map(({ id }) => id).reverse())
  })

  test('what is overdue is pending and at its time or past it, the oldest first', async () => {
    const store = await place()(EARLY)
    const short = await committed(store, ask({ evaluated: evaluated({ ttlMs: 1000 }) }))
    const shorter = await committed(store, ask({ evaluated: evaluated({ ttlMs: 500 }) }))
    const closed = await committed(store, ask({ evaluated: evaluated({ ttlMs: 100 }) }))
    await store.commit(withdraw(closed))
    await committed(store, ask())
    expect(await store.overdue(T0 + 499, 10)).toEqual([])
    expect(await store.overdue(T0 + 1000, 10)).toEqual([shorter.id, short.id])
    expect(await store.overdue(T0 + 1000, 1)).toEqual([shorter.id])
    expect(await store.overdue(T0 + HOUR, 10)).toHaveLength(3)
  })

  test('pending requests are counted for each client', async () => {
    const store = await place()(EARLY)
    expect(await store.pendingCounts()).toEqual(new Map())
    await Promise.all([1, 2, 3].map(() => store.commit(ask())))
    await store.commit(ask({ client: aCaller({ id: 'cl_other' }) }))
    await store.commit(withdraw(await committed(store, ask())))
    expect(await store.pendingCounts()).toEqual(
      new Map([
        ['cl_alice', 3],
        ['cl_other', 1],
      ]),
    )
  })
}
