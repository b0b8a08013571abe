import { describe, expect, it } from 'vitest'
import { errorsIn, type Filter, journal } from '../../../src/sandbox/page/developer/journal.ts'
import type { ApiCall, DeliveryRecord } from '../../../src/sandbox/types.ts'

const call = (seq: number, at: number, outcome = 'ok', args = {}): ApiCall => ({
  seq,
  at,
  outcome,
  method: 'chat.update',
  args,
  tokenKind: 'bot',
})
const delivery = (seq: number, at: number, acked?: boolean): DeliveryRecord => ({
  seq,
  at,
  kind: 'interactive',
  about: 'block_actions approve',
  payload: { user: { id: 'U0BOB' } },
  ...(acked === undefined ? {} : { result: { acked, ackMs: 3 } }),
})
const every: Filter = { show: 'all', errorsOnly: false, text: '' }
const seen = (filter: Partial<Filter>) =>
  journal(calls, deliveries, { ...every, ...filter }).map((entry) =>
    entry.kind === 'call' ? `c${entry.call.seq}` : `d${entry.delivery.seq}`,
  )

const calls = [
  call(1, 10),
  call(2, 20, 'invalid_blocks', { text: 'Ünïque' }),
  call(3, 30, 'pending'),
  call(4, 20, 'ok'),
]
const deliveries = [delivery(1, 20, true), delivery(2, 25, false), delivery(3, 40)]

describe('the journal', () => {
  it('is one story, newest first; a click stays below the calls it led to at the same moment', () => {
    expect(seen({})).toEqual(['d3', 'c3', 'd2', 'c4', 'c2', 'd1', 'c1'])
  })

  it('shows calls or deliveries alone', () => {
    expect(seen({ show: 'calls' })).toEqual(['c3', 'c4', 'c2', 'c1'])
    expect(seen({ show: 'deliveries' })).toEqual(['d3', 'd2', 'd1'])
  })

  it('counts as errors what was refused or not acknowledged, never what is still under way', () => {
    expect(seen({ errorsOnly: true })).toEqual(['d2', 'c2'])
    expect(errorsIn(calls, deliveries)).toBe(2)
  })

  it('counts an answer that Slack could not use as an error, though it came in time', () => {
    expect(errorsIn([], [{ ...delivery(9, 50, true), problems: ['invalid_errors'] }])).toBe(1)
  })

  it('searches everything in a record, in any case', () => {
    expect(seen({ text: ' ünÏque ' })).toEqual(['c2'])
    expect(seen({ text: 'u0bob', errorsOnly: true })).toEqual(['d2'])
    expect(seen({ text: 'nowhere' })).toEqual([])
  })
})
