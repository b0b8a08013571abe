import { expect, test } from 'vitest'
import { actorInWords, checkSentence, typeInWords } from '../../../src/demo/page/audit-words.ts'
import { besidePatched, NOTHING_YET } from '../../../src/demo/page/beside-state.ts'
import type { AuditEntryView, AuditPatch } from '../../../src/demo/wire.ts'

test('the verdict names the entry, and once', () => {
  expect(checkSentence({ whole: true, entries: 23 })).toBe('Verified: all 23 entries are as they were written.')
  expect(checkSentence({ whole: false, seq: 17, problem: 'the body is another' })).toBe(
    'Tampered: entry 17: the body is another.',
  )
  expect(checkSentence({ whole: false, seq: 17, problem: 'entry 17 is missing' })).toBe(
    'Tampered: entry 17 is missing.',
  )
  expect(checkSentence({ whole: false, seq: null, problem: 'the root differs' })).toBe('Tampered: the root differs.')
})

test('people are named, and what is not known stays as it is', () => {
  const people = [{ id: 'U0BOB', real_name: 'Bob' }]
  expect(actorInWords('slack:T0SANDBOX:U0BOB', people)).toBe('Bob')
  expect(actorInWords('slack:T0SANDBOX:U0NEW', people)).toBe('U0NEW')
  expect(actorInWords('client:abc', people)).toBeNull()
  expect(actorInWords('somebody', people)).toBe('somebody')
  expect(typeInWords('admin.paused')).toBe('admin.paused')
})

test('a deleted entry leaves the page’s log, and comes back in its place', () => {
  const entry = (seq: number, summary: string): AuditEntryView => ({
    ...{ seq, type: 'request.opened', actor: 'system', requestId: null, at: '2026-11-20T10:00:00.000Z', summary },
    ...{ envelope: '{}', body: null, bodyCut: false },
  })
  const audit = (entries: readonly AuditEntryView[], gone: readonly number[] = []): AuditPatch => ({
    ...{ entries, gone, head: { size: 3, root: '00' }, check: { whole: true, entries: 3 }, checkedAt: 0, tampered: [] },
  })
  const first = besidePatched(NOTHING_YET, {
    first: true,
    audit: audit([1, 2, 3].map((seq) => entry(seq, 'as it was'))),
  })
  const cut = besidePatched(first, { audit: audit([], [2]) })
  expect(cut.audit?.entries.map(({ seq }) => seq)).toEqual([1, 3])
  const whole = besidePatched(cut, { audit: audit([entry(2, 'again')]) })
  expect(whole.audit?.entries.map(({ summary }) => summary)).toEqual(['as it was', 'again', 'as it was'])
})
