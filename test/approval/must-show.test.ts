import { describe, expect, test } from 'vitest'
import { breakGlass } from '../../src/approval/break-glass.ts'
import { decide } from '../../src/approval/decision.ts'
import { payloadDigest, shortDigest } from '../../src/approval/digest.ts'
import { withheld } from '../../src/approval/must-show.ts'
import { open } from '../../src/approval/open.ts'
import { mask } from '../../src/approval/redact.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask, JsonObject } from '../../src/approval/request.ts'
import { ASK, becomes, evaluated, member, opened, opening, present, refusedAs, says, T0 } from './given.ts'
import { house, outcomeOf } from './service-house.ts'

const stored = (params: JsonObject, sensitive: string[] = [], more: string[] = []): Ask =>
  mask({ action: 'data.export', params, ...(sensitive.length === 0 ? {} : { sensitive }) }, more)
const DRESSED = 'deploy --password=$(evil|sh)'
const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, 'token=abcdef'])) as JsonObject

describe('what the policy wants shown is seen whole, or the ask is not taken', () => {
  test.each<[string, string[], Ask, ReturnType<typeof withheld>]>([
    ['it is there', ['/command'], stored({ command: 'deploy' }), null],
    ['it is not given at all', ['/command'], stored({ rows: 1 }), null],
    ['it is a number', ['/rows'], stored({ rows: 1 }), null],
    ['the asker masks it', ['/command'], stored({ command: 'x' }, ['/command']), { pointer: '/command', by: 'asker' }],
    ['the asker masks all', ['/command'], stored({ command: 'x' }, ['']), { pointer: '/command', by: 'asker' }],
    ['the asker masks above', ['/a/b'], stored({ a: { c: 1 } }, ['/a']), { pointer: '/a/b', by: 'asker' }],
    ['the asker masks below', ['/a'], stored({ a: { b: 1 } }, ['/a/b']), { pointer: '/a', by: 'asker' }],
    [
      'its text looks like a secret',
      ['/command'],
      stored({ command: DRESSED }),
      { pointer: '/command', by: 'countersign' },
    ],
    [
      'a text below does',
      ['/argv'],
      stored({ argv: ['sh', '-c', 'token=abc'] }),
      { pointer: '/argv', by: 'countersign' },
    ],
    [
      'the word before it makes it one',
      ['/argv'],
      stored({ argv: ['sh', '--token', 'rm -rf /'] }),
      { pointer: '/argv', by: 'countersign' },
    ],
    ['a key below does', ['/a'], stored({ a: { 'token=rm': 1 } }), { pointer: '/a', by: 'countersign' }],
    ['a text above does', ['/a/b'], stored({ a: 'b=1 token=abc' }), { pointer: '/a/b', by: 'countersign' }],
    ['its own name does', ['/token=a'], stored({ 'token=a': 1 }), { pointer: '/token=a', by: 'countersign' }],
    ['its own name does, and it is not given', ['/token=a'], stored({ rows: 1 }), null],
    [
      'the mask is written by hand',
      ['/a'],
      stored({ a: 'so [masked] it looks' }),
      { pointer: '/a', by: 'countersign' },
    ],
    ['another text does', ['/rows'], stored({ rows: 1, note: 'token=abc' }), null],
    ['a secret below has a secret’s name', ['/db'], stored({ db: { host: 'a', password: 'x' } }), null],
    ['it has a secret’s name itself', ['/api_key'], stored({ api_key: 'x' }), null],
    ['a secret below has a name of the policy', ['/db'], stored({ db: { iban: 'x', port: 1 } }, [], ['iban']), null],
    [
      'a text beside such a name looks like one',
      ['/db'],
      stored({ db: { iban: 'x', run: DRESSED } }, [], ['iban']),
      { pointer: '/db', by: 'countersign' },
    ],
    ['of hundreds masked none is in it', ['/rows', '/db'], stored({ ...many, rows: 1, db: { password: 'x' } }), null],
    [
      'the asker hides it among hundreds',
      ['/rows'],
      stored({ ...many, rows: 1 }, ['/rows']),
      { pointer: '/rows', by: 'asker' },
    ],
    [
      'the asker dresses it up among hundreds',
      ['/rows'],
      stored({ ...many, rows: 'token=abc' }),
      { pointer: '/rows', by: 'countersign' },
    ],
    ['the asker masks something else among hundreds', ['/rows'], stored({ ...many, rows: 1, x: 1 }, ['/x']), null],
    ['nothing must be shown', [], stored({ command: DRESSED }, ['/command']), null],
  ])('%s', (_what, wanted, ask, expected) => {
    expect(withheld(wanted, ask)).toEqual(expected)
  })

  test('the asker is told to put the secret elsewhere', () => {
    const ask = stored({ command: DRESSED })
    const answer = open(opening({ ask, evaluated: evaluated({ mustShow: ['/command'] }) }))
    expect(answer).toMatchObject({ refused: 'must_show', detail: expect.stringContaining('put the secret elsewhere') })
    expect(JSON.stringify(answer)).not.toContain('evil')
  })

  test('also where it would be allowed without people; a deny is evidence', () => {
    const ask = stored({ command: DRESSED })
    const on = (effect: 'allow' | 'deny') =>
      open(opening({ ask, evaluated: evaluated({ mustShow: ['/command'], effect, requirements: [] }) }))
    expect(refusedAs(on('allow'))).toBe('must_show')
    expect(becomes(on('deny')).status).toBe('denied')
  })
})

describe('B25 what the policy wants shown since the ask was opened', () => {
  const HIDDEN = mask({ ...ASK, params: { ...many, query: 'drop everything', rows: 1 }, sensitive: ['/query'] }, [])
  const request = opened({ ask: HIDDEN, payloadDigest: payloadDigest(HIDDEN) })
  const ends = (after: ApprovalRequest) =>
    expect(after).toMatchObject({
      status: 'denied',
      decisions: [],
      outcome: { by: 'policy', code: 'policy_changed', reason: expect.stringContaining('"/query"') },
    })

  test('ends it at the next click, also among hundreds of masks', () => {
    ends(becomes(decide(request, says(request, 'U0BOB'), present({ mustShow: ['/query'] }), T0)))
    ends(becomes(decide(request, says(request, 'U0BOB', { verdict: 'deny' }), present({ mustShow: ['/query'] }), T0)))
    expect(becomes(decide(request, says(request, 'U0BOB'), present({ mustShow: ['/rows'] }), T0)).status).toBe(
      'approved',
    )
  })

  test('is not asked of a stranger’s click: it changes nothing', () => {
    const stranger = says(request, 'U0MALLORY', { groups: [] })
    expect(refusedAs(decide(request, stranger, present({ mustShow: ['/query'] }), T0))).toBe('not_an_approver')
  })

  test('while a window denies it, her no is recorded as ever', () => {
    const frozen = present({ effect: 'deny', onlyNow: true, requirements: [], mustShow: ['/query'] })
    expect(becomes(decide(request, says(request, 'U0BOB', { verdict: 'deny' }), frozen, T0)).outcome?.by).toBe('people')
  })

  test('B27 nobody breaks the glass on it either', () => {
    const glass = { from: 'on-call', group: { usergroup: 'S0CALL' }, grantTtlMs: 60_000, self: false }
    const breakable = opened({ ask: HIDDEN, evaluated: evaluated({ breakGlass: glass }) })
    const said = {
      surface: 'slack' as const,
      digestShown: shortDigest(breakable.payloadDigest),
      member: member('U0ONA'),
      groups: ['on-call'],
      membershipReadAtMs: T0,
      behind: [],
      reason: 'the primary database is down and nobody answers',
    }
    const by = (mustShow: string[]) =>
      becomes(breakGlass(breakable, said, present({ mustShow, breakGlass: glass }), null, T0))
    ends(by(['/query']))
    expect(by(['/rows']).status).toBe('approved')
  })

  test('through the service, with the ask as it lies in the store', async () => {
    const policy = (wanted: string) => `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN } }
rules:
  - { id: r, match: { action: "data.export" }, effect: require_approval, approvals: [{ from: owners }]${wanted} }
`
    const WANTED = ', must_show: [/command]'
    const h = await house(policy(''), {}, () => T0)
    const hidden = await h.ask({ params: { command: 'x' }, sensitive: ['/command'] })
    const dressed = await h.ask({ params: { command: DRESSED } })
    const plain = await h.ask({ params: { command: 'deploy' } })
    h.setPolicy(policy(WANTED))
    expect(await h.click(hidden, 'U0BOB')).toBe('denied')
    expect(await h.click(dressed, 'U0BOB')).toBe('denied')
    expect(await h.click(plain, 'U0BOB')).toBe('approved')
    const again = await h.submit({ params: { command: DRESSED } })
    expect(outcomeOf(again)).toBe('must_show')
    expect(isRefusal(again) && again.detail).toContain('put the secret elsewhere')
  })
})
