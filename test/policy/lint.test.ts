import { describe, expect, test } from 'vitest'
import { covers, shared } from '../../src/policy/glob-sets.ts'
import { lint } from '../../src/policy/lint.ts'
import { HEAD, policyFrom } from './policies.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const NOBODY = new Map<string, readonly string[]>()

const found = (rules: string, members: ReadonlyMap<string, readonly string[]> = NOBODY, head = HEAD): string =>
  lint(policyFrom(`${head}rules:\n${rules}`), { nowMs: NOW, members })
    .map(({ line, column, message, level }) => `${line}:${column}: ${level}: ${message}`)
    .join('\n')

const SRE = 'effect: require_approval, approvals: [{ from: sre }]'

describe('globs as sets', () => {
  test.each([
    [['**'], ['data.export'], true],
    [['data.*'], ['data.export', 'data.read'], true],
    [['data.*'], ['data.**'], false],
    [['data.**'], ['data.*'], true],
    [['s3://**'], ['s3://a/*', 's3://b/**/c?'], true],
    [['a*', 'b*'], ['a', 'bx', 'b?'], true],
    [['a*', 'b*'], ['c'], false],
    [['*'], ['?'], true],
    [['?'], ['*'], false],
    [['a', 'b'], ['?'], false],
    [['*a*'], ['*a'], true],
    [['*a'], ['*a*'], false],
    [['\\*'], ['*'], false],
    [['*'], ['\\*'], true],
  ])('%j holds all of %j: %j', (outer, inner, answer) => {
    expect(covers(outer, inner)).toBe(answer)
  })

  test.each([
    [['data.*'], ['*.export'], 'data.export'],
    [['**/audit/**'], ['s3://**'], 's3://audit/'],
    [['a/*'], ['a/b/c'], null],
    [['a?'], ['ab', 'c'], 'ab'],
    [['*'], ['a/b'], null],
  ])('%j and %j share %j', (a, b, answer) => {
    expect(shared(a, b)).toBe(answer)
  })

  test('a pair of globs that would explode is given up on, and nothing is said of it', () => {
    const nasty = [`**a${'?'.repeat(60)}`]
    expect(covers(nasty, ['**a**b**c**d**e'])).toBe(false)
  })
})

describe('rules that never add anything', () => {
  test('what a wider deny takes away never matters', () => {
    expect(
      found(`  - { id: all, match: { action: "data.*" }, effect: deny }
  - { id: exports, match: { action: data.export }, ${SRE} }`),
    ).toBe('8:11: warning: This rule never matters: whatever it applies to, "all" denies.')
  })

  test('the same or less from the same people is said once, whichever stands first', () => {
    const wide = `  - { id: wide, match: { action: "data.*" }, effect: require_approval, approvals: [{ from: sre, count: 2 }] }`
    const narrow = `  - { id: narrow, match: { action: data.export, environment: production }, ${SRE} }`
    for (const rules of [`${wide}\n${narrow}`, `${narrow}\n${wide}`]) {
      expect(found(rules)).toMatch(/^\d:11: warning: This rule never adds anything: whenever it applies, "wide"/)
    }
  })

  test('of two rules that say the same, the later one is one too many', () => {
    const rule = (id: string) => `  - { id: ${id}, match: { action: data.export }, ${SRE} }`
    expect(found(`${rule('a')}\n${rule('b')}`)).toMatch(/^8:11: .*"a" applies/)
  })

  test.each([
    ['another group', 'effect: require_approval, approvals: [{ from: data-owners }]'],
    ['more people', 'effect: require_approval, approvals: [{ from: sre, count: 2 }]'],
    ['a shorter time', `${SRE}, ttl: 5m`],
    ['a shorter grant', `${SRE}, grant_ttl: 1m`],
    ['another channel', `${SRE}, channel: C0PROD`],
    ['a reason', `${SRE}, reason_required: [approve]`],
    ['what must be shown', `${SRE}, must_show: [/rows]`],
    ['no late joiners', 'effect: require_approval, approvals: [{ from: sre }], late_joiners: false'],
    ['a deny', 'effect: deny'],
  ])('a rule that adds %s says something', (_, says) => {
    expect(
      found(`  - { id: wide, match: { action: "data.*" }, ${SRE} }
  - { id: narrow, match: { action: data.export }, ${says} }`),
    ).toBe('')
  })

  test.each([
    ['a condition', 'when: "params.rows > 1000"'],
    ['hours', 'during: { days: [fri], zone: UTC }'],
    ['a narrower match', 'match: { action: "data.*", resource: "s3://**" }'],
  ])('a rule with %s covers nothing beyond it', (_, more) => {
    const match = more.startsWith('match') ? more : `match: { action: "data.*" }, ${more}`
    expect(
      found(`  - { id: some, ${match}, effect: deny }
  - { id: all, match: { action: data.export }, ${SRE} }`),
    ).toBe('')
  })

  test('an allow beside a rule that asks never matters', () => {
    expect(
      found(`  - { id: ask, match: { action: "data.**" }, ${SRE} }
  - { id: free, match: { action: data.read }, effect: allow }`),
    ).toMatch(/^8:11: .*"ask" applies too/)
  })

  test('a condition that only ever denies what it cannot judge is said to', () => {
    expect(
      found(`  - { id: ask, match: { action: "data.**" }, ${SRE} }
  - { id: big, match: { action: data.read }, when: "params.rows > 1000", ${SRE} }`),
    ).toContain('It only denies what its condition cannot be evaluated for.')
  })
})

describe('B43, B44: a deny that a spelling goes around', () => {
  test('an allow that a deny takes a part of is named, with an ask that both match', () => {
    expect(
      found(`  - { id: reads, match: { action: "data.*" }, effect: allow }
  - { id: secrets, match: { action: data.read, resource: "**/secret/**" }, effect: deny }`),
    ).toBe(
      '7:11: warning: "secrets" denies a part of what this allows (action "data.read", resource "/secret/"): ' +
        'a spelling that it does not know is allowed. Better allow only what is meant.',
    )
  })

  test('a deny of all of it, at some hours or on a condition, is meant', () => {
    expect(
      found(`  - { id: reads, match: { action: data.read }, effect: allow }
  - { id: friday, match: { action: "**" }, during: { days: [fri], from: "16:00", zone: UTC }, effect: deny }
  - { id: large, match: { action: "data.**" }, when: "params.rows > 1000", effect: deny }`),
    ).toBe('')
  })

  test('a deny of something else is none of its business', () => {
    expect(
      found(`  - { id: reads, match: { action: data.read, environment: staging }, effect: allow }
  - { id: prod, match: { action: "data.*", environment: production }, effect: deny }`),
    ).toBe('')
  })
})

describe('what can never be', () => {
  const rule = (more: string) => `  - { id: r, match: { action: a.b }, ${SRE}, ${more} }`

  test.each([
    ['when: "false"', 'This condition is never true'],
    ['when: "1 > 2 && params.rows > 1"', 'This condition is never true'],
    ['when: "int(\'x\') > 0"', 'can never be evaluated'],
    ['when: "2 > 1"', 'always true'],
    ['during: { days: [mon], dates: { from: 2026-12-01, to: 2026-12-02 }, zone: UTC }', 'never open'],
    ['during: { dates: { to: 2026-01-31 }, zone: UTC }', 'is over'],
    ['during: { from: "00:00", to: "24:00", outside: true, zone: UTC }', 'never open'],
    ['during: { from: "00:00", to: "24:00", zone: UTC }', 'always open'],
  ])('%s is told', (more, words) => {
    expect(found(rule(more))).toContain(words)
  })

  test.each([
    ['when: "params.rows > 1000"'],
    ['during: { days: [tue], dates: { from: 2026-12-01, to: 2026-12-02 }, zone: UTC }'],
    ['during: { from: "22:00", to: "06:00", zone: Europe/Berlin }'],
    ['during: { dates: { to: 2026-11-20 }, zone: UTC }'],
    ['during: { dates: { to: 2026-01-31 }, outside: true, zone: UTC }'],
  ])('%s can be', (more) => {
    expect(found(rule(more))).toBe('')
  })

  const PEOPLE = `version: 1
slack: { channel: C0APPROVALS }
groups:
  sre: { users: [U0BOB, U0CAROL] }
  dba: { users: [U0BOB] }
  data: { usergroup: S0DATA }
people:
  - { slack: [U0BOB, U0BOB2] }
`
  test('seats that need the same person twice can never be filled (B23, B45)', () => {
    const both =
      '  - { id: r, match: { action: a.b }, effect: require_approval, approvals: [{ from: sre, count: 2 }, { from: dba }] }'
    expect(found(both, NOBODY, PEOPLE)).toBe(
      '10:75: warning: These seats can never all be filled: 3 different people are needed, and sre, dba have 2 between them.',
    )
  })

  test('a user group that is empty in Slack, and one that is too small', () => {
    const two = '  - { id: r, match: { action: a.b }, effect: require_approval, approvals: [{ from: data, count: 2 }] }'
    expect(found(two, new Map([['S0DATA', []]]), PEOPLE)).toContain('6:22: warning: This user group is empty in Slack')
    // U0BOB and U0BOB2 are one person.
    expect(found(two, new Map([['S0DATA', ['U0BOB', 'U0BOB2']]]), PEOPLE)).toContain('data has only 1 in Slack')
    expect(found(two, new Map([['S0DATA', ['U0BOB', 'U0DAVE']]]), PEOPLE)).toBe('')
    expect(found(two, NOBODY, PEOPLE)).toBe('')
  })

  test('more denies than there are people', () => {
    expect(found(rule('deny_count: 3'))).toContain('Only 2 different people may deny this, so 3 denies can never come.')
    expect(found(rule('deny_count: 2'))).toBe('')
  })
})

test('a rule that wakes seventy people is told', () => {
  const seventy = Array.from({ length: 70 }, (_, i) => `U0P${i}`)
  const rules = '  - { id: r, match: { action: a.b }, effect: require_approval, approvals: [{ from: data-owners }] }'
  expect(found(rules, new Map([['S0DATA', seventy]]))).toBe(
    '7:75: warning: This will notify 70 people each time: a smaller group answers sooner.',
  )
  expect(found(rules, new Map([['S0DATA', seventy.slice(0, 5)]]))).toBe('')
})

test('a thousand rules are looked through in the time of a coffee sip', () => {
  const rules = Array.from({ length: 1_000 }, (_, i) => `  - { id: r${i}, match: { action: "a${i}.*" }, ${SRE} }`)
  expect(found(rules.join('\n'))).toBe('')
})
