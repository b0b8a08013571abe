import { expect, test } from 'vitest'
import type { OutboxMessage } from '../../src/approval/change.ts'
import type { Card, Delivery, OutboxRow, Reads, Store } from '../../src/store/store.ts'
import { evaluated, T0 } from '../approval/given.ts'
import { ask, committed, fact, stored, TWO, withdraw, yes } from './changes.ts'
import type { Connect } from './contract.ts'

const EARLY = () => T0
const LATER = T0 + 60_000

/** What is still to be said, and the cards that say it. */
export function outboxContract(place: () => Connect): void {
  const anAsk = async () => {
    const store = await place()(EARLY)
    const asked = await committed(store, ask({ evaluated: TWO }))
    const card: Card = { requestId: asked.id, channel: 'C0PROD', ts: '1.1', version: 1 }
    return { store, asked, card, row: await onlyDue(store) }
  }

  test('an announcement waits from its commit on; its attempt is counted, its end takes it away and keeps the card', async () => {
    const { store, asked, card, row } = await anAsk()
    expect(row).toMatchObject({ attempts: 0, lastError: null, channel: 'C0PROD', dueAtMs: T0 })
    expect(row.message).toEqual({ kind: 'announce', requestId: asked.id, channel: 'C0PROD' })
    expect(await store.due(T0 - 1)).toEqual([])
    expect(await store.delivery(asked.id)).toEqual({ state: 'queued', messages: [] })
    expect(await store.commit({ delivery: 'attempt', row: row.id })).toBe('committed')
    expect(await onlyDue(store)).toMatchObject({ attempts: 1 })
    expect(await store.commit({ delivery: 'done', row: row.id, cards: [card] })).toBe('committed')
    expect(await store.due(LATER)).toEqual([])
    expect(await store.cards(asked.id)).toEqual([card])
    expect(await store.delivery(asked.id)).toEqual({
      state: 'delivered',
      messages: [{ channel: 'C0PROD', ts: '1.1' }],
    })
    expect((await store.head()).size).toBe(1)
  })

  test('what could not be said waits until it is due again; what failed is counted and still tried', async () => {
    const { store, asked, row } = await anAsk()
    await say(store, { delivery: 'later', row: row.id, dueAtMs: LATER, error: 'not said: ratelimited' })
    expect(await store.due(LATER - 1)).toEqual([])
    expect(await onlyDue(store, LATER)).toMatchObject({ lastError: 'not said: ratelimited' })
    expect(await store.outboxState()).toEqual({ waiting: 1, failed: 0, failures: [] })
    await say(store, { delivery: 'failed', row: row.id, dueAtMs: LATER, error: 'is_archived' })
    expect(await store.outboxState()).toEqual({
      waiting: 0,
      failed: 1,
      failures: [{ channel: 'C0PROD', error: 'is_archived' }],
    })
    expect(await store.delivery(asked.id)).toEqual({ state: 'failed', messages: [] })
    await say(store, { delivery: 'attempt', row: row.id })
    expect(await onlyDue(store, LATER)).toMatchObject({ attempts: 1, lastError: null })
    await say(store, { delivery: 'later', row: row.id, dueAtMs: LATER, error: 'x' })
    expect(await store.delivery(asked.id)).toMatchObject({ state: 'queued' })
  })

  test('a card of an ended request in a channel that is dead for a day is tried on, but no longer counted as failed', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    const ended = await committed(store, withdraw(asked))
    const endedAtMs = ended.outcome?.atMs ?? 0
    const update = await onlyDue(store, LATER)
    const DAY = 24 * 60 * 60_000
    const error = 'not said: is_archived'
    await say(store, { delivery: 'failed', row: update.id, dueAtMs: endedAtMs + DAY, error })
    expect(await store.outboxState()).toMatchObject({ failed: 1, failures: [{ channel: 'C0PROD', error }] })
    await say(store, { delivery: 'failed', row: update.id, dueAtMs: endedAtMs + DAY + 1, error })
    expect(await store.outboxState()).toEqual({ waiting: 0, failed: 0, failures: [] })
    expect(await onlyDue(store, endedAtMs + 2 * DAY)).toMatchObject({ id: update.id })
  })

  test('a card of a pending request that cannot be told is counted, however long', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    await committed(store, yes(asked, 'U0BOB'))
    const { id } = await onlyDue(store, LATER)
    await say(store, { delivery: 'failed', row: id, dueAtMs: LATER + 1e12, error: 'not said: is_archived' })
    expect(await store.outboxState()).toMatchObject({ failed: 1 })
  })

  test('of each channel and kind the oldest due row is given, however many wait', async () => {
    const store = await place()(EARLY)
    const channels = evaluated({ channels: ['C0B', 'C0A'] })
    for (const nowMs of [T0 + 2, T0 + 1, T0 + 3]) await store.commit(ask({ evaluated: channels, nowMs }))
    await store.commit(fact(T0 + 4, [{ kind: 'alarm', channel: 'C0A', text: 'look', mention: ['S0SRE'] }]))
    const due = await store.due(LATER)
    expect(due.map(({ message, dueAtMs }) => [message.kind, message.channel, dueAtMs - T0])).toEqual([
      ['announce', 'C0B', 1],
      ['announce', 'C0A', 1],
      ['alarm', 'C0A', 4],
    ])
    expect(due[2]?.message).toEqual({ kind: 'alarm', channel: 'C0A', text: 'look', mention: ['S0SRE'] })
    expect((await store.outboxState()).waiting).toBe(7)
  })

  test('updates that nobody began to say become one', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    const half = await committed(store, yes(asked, 'U0BOB'))
    await committed(store, withdraw(half))
    expect(await onlyDue(store, LATER)).toMatchObject({ message: { kind: 'update' } })
    expect((await store.outboxState()).waiting).toBe(1)
  })

  test('F10 an update that was begun before the request moved on leaves the newer one standing', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    const half = await committed(store, yes(asked, 'U0BOB'))
    const first = await onlyDue(store, LATER)
    await say(store, { delivery: 'attempt', row: first.id })
    await committed(store, withdraw(half))
    expect((await store.outboxState()).waiting).toBe(2)
    await say(store, { delivery: 'done', row: first.id, cards: [{ ...card, version: 2 }] })
    const second = await onlyDue(store, LATER)
    expect(second.id).not.toBe(first.id)
    await say(store, { delivery: 'done', row: second.id, cards: [{ ...card, version: 3 }] })
    expect(await store.due(LATER)).toEqual([])
  })

  test('an update that came while another was said stays: it may be for a card that was found meanwhile', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    const half = await committed(store, yes(asked, 'U0BOB'))
    const first = await onlyDue(store, LATER)
    await say(store, { delivery: 'attempt', row: first.id })
    await committed(store, withdraw(half))
    await say(store, { delivery: 'found', card: { ...card, ts: '9.000001', version: 0 } })
    await say(store, { delivery: 'done', row: first.id, cards: [{ ...card, version: 3 }] })
    const later = await onlyDue(store, LATER)
    await say(store, { delivery: 'done', row: later.id, cards: [{ ...card, ts: '9.000001', version: 3 }] })
    expect(await store.due(LATER)).toEqual([])
    expect(await store.staleCards(10)).toEqual([])
  })

  test('what a permanent error stopped is due again at once where somebody asks for it', async () => {
    const { store, row } = await anAsk()
    await say(store, { delivery: 'attempt', row: row.id })
    await say(store, { delivery: 'failed', row: row.id, dueAtMs: LATER, error: 'not said: is_archived' })
    expect(await store.due(LATER - 1)).toEqual([])
    await say(store, { delivery: 'retry', dueAtMs: T0 })
    expect(await onlyDue(store, T0)).toMatchObject({ id: row.id, lastError: 'not said: is_archived' })
  })

  test('an update that was rendered before its attempt was counted stays', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    await committed(store, yes(asked, 'U0BOB'))
    const update = await onlyDue(store, LATER)
    await say(store, { delivery: 'attempt', row: update.id })
    await say(store, { delivery: 'done', row: update.id, cards: [card] })
    expect(await onlyDue(store, LATER)).toMatchObject({ id: update.id, attempts: 0 })
  })

  test('an update with no card to show never takes the announcement with it', async () => {
    const { store, asked, row } = await anAsk()
    await say(store, { delivery: 'later', row: row.id, dueAtMs: LATER, error: 'x' })
    await committed(store, yes(asked, 'U0BOB'))
    const [update] = await store.due(T0 + 1)
    await say(store, { delivery: 'done', row: update?.id ?? 0, cards: [] })
    expect(await onlyDue(store, LATER)).toMatchObject({ id: row.id, message: { kind: 'announce' } })
  })

  test('a report on a row that is gone is a conflict, hits no other row, and loses no card', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    await committed(store, ask())
    const gone: Delivery[] = [
      { delivery: 'attempt', row: row.id },
      { delivery: 'later', row: row.id, dueAtMs: LATER, error: 'x' },
      { delivery: 'failed', row: row.id, dueAtMs: LATER, error: 'x' },
      { delivery: 'done', row: row.id, cards: [] },
    ]
    for (const step of gone) expect(await store.commit(step)).toBe('conflict')
    const duplicate = { ...card, ts: '1.2' }
    expect(await store.commit({ delivery: 'done', row: row.id, cards: [duplicate] })).toBe('committed')
    expect(await store.cards(asked.id)).toEqual([card, duplicate])
    expect(await onlyDue(store)).toMatchObject({ attempts: 0, lastError: null })
  })

  test('a card that was found is kept once, and a known one is not forgotten for it', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    await say(store, { delivery: 'found', card: { ...card, version: 0 } })
    await say(store, { delivery: 'found', card: { ...card, ts: '0.9', version: 0 } })
    expect(await store.cards(asked.id)).toEqual([{ ...card, ts: '0.9', version: 0 }, card])
    expect(await store.staleCards(10)).toEqual([{ ...card, ts: '0.9', version: 0 }])
  })

  test('F10 a card is stale once its request has moved on and no row will mend it', async () => {
    const { store, asked, card, row } = await anAsk()
    await say(store, { delivery: 'done', row: row.id, cards: [card] })
    expect(await store.staleCards(10)).toEqual([])
    await committed(store, yes(asked, 'U0BOB'))
    expect(await store.staleCards(10)).toEqual([])
    const update = await onlyDue(store, LATER)
    await say(store, { delivery: 'failed', row: update.id, dueAtMs: LATER, error: 'x' })
    expect(await store.staleCards(10)).toEqual([])
    await say(store, { delivery: 'done', row: update.id, cards: [] })
    expect(await store.staleCards(10)).toEqual([card])
    const mend: OutboxMessage = { kind: 'update', requestId: asked.id, channel: 'C0PROD' }
    await say(store, { delivery: 'queue', message: mend, dueAtMs: T0 })
    expect(await store.staleCards(10)).toEqual([])
    const repair = await onlyDue(store)
    await say(store, { delivery: 'done', row: repair.id, cards: [{ ...card, version: 2 }] })
    expect(await store.staleCards(10)).toEqual([])
    expect(await stored(store, asked.id)).toMatchObject({ version: 2 })
  })

  test('a request that nobody was to hear of is delivered', async () => {
    const store = await place()(EARLY)
    const allowed = await committed(store, ask({ evaluated: evaluated({ effect: 'allow', requirements: [] }) }))
    expect(await store.delivery(allowed.id)).toEqual({ state: 'delivered', messages: [] })
    expect(await store.cards('req_nobody')).toEqual([])
  })
}

const say = async (store: Store, step: Delivery): Promise<void> => expect(await store.commit(step)).toBe('committed')

async function onlyDue(reads: Reads, nowMs = T0): Promise<OutboxRow> {
  const [row, ...more] = await reads.due(nowMs)
  if (!row || more.length > 0) throw new Error(`${more.length + (row ? 1 : 0)} rows are due`)
  return row
}
