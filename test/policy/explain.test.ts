import { describe, expect, test } from 'vitest'
import type { Ask } from '../../src/approval/request.ts'
import { explain } from '../../src/policy/explain.ts'
import { behind, candidates, couldFill, type Somebody } from '../../src/policy/explain-people.ts'
import { HEAD, policyFrom } from './policies.ts'

const POLICY = policyFrom(`${HEAD}defaults: { zone: UTC }
rules:
  - id: exports
    match: { action: ["x.y", "data.*"], environment: production }
    when: 'params.rows > 1000 && environment.startsWith("prod")'
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }, { from: sre }]
    ttl: 30m
    grant_ttl: 2m
    reason_required: [approve]
    must_show: [/rows]
  - { id: friday, match: { action: "data.**" }, during: { days: [fri], from: "16:00" }, effect: deny }
  - id: reads
    match: { action: data.read }
    effect: allow
    limit: { count: 100, per: 1h }
    approvals: [{ from: sre }]
`)
const MONDAY = Date.parse('2026-11-16T12:00:00Z')
const FRIDAY = Date.parse('2026-11-20T17:00:00Z')

const of = (ask: Ask, nowMs = MONDAY, usedUp: ReadonlySet<string> = new Set()) =>
  explain(
    POLICY,
    { ask, requester: { client: { id: 'c', name: 'agent' }, verifiedBy: 'client_key' } },
    { nowMs, usedUp },
  )

describe('an explanation', () => {
  test('says which glob and which part of the condition matched, and what each rule says', () => {
    const { rules, summary } = of({ action: 'data.export', environment: 'production', params: { rows: 5000 } })
    expect(summary).toBe('Needs 2 from data-owners and 1 from sre, by exports.')
    expect(rules).toEqual([
      {
        rule: 'exports',
        answer: 'applies',
        says: 'ask for 2 from data-owners and 1 from sre, within 30m, to be used within 2m, with a reason to approve, with /rows unmasked',
        why: [
          'action "data.export" matches "data.*"',
          'environment is "production"',
          'params.rows > 1000 is true (params.rows is 5000)',
          'environment.startsWith("prod") is true (environment is "production")',
        ],
      },
      {
        rule: 'friday',
        answer: 'not_at_this_time',
        says: null,
        why: ['it applies Fri 16:00 to 24:00 UTC, and it is Mon 12:00 in UTC'],
      },
      { rule: 'reads', answer: 'no_match', says: null, why: ['action is not data.read'] },
    ])
  })

  test('names the part of the condition that is false', () => {
    const { rules, summary } = of({ action: 'data.export', environment: 'production', params: { rows: 5 } })
    expect(rules[0]).toMatchObject({ answer: 'when_false', why: ['params.rows > 1000 is false (params.rows is 5)'] })
    expect(summary).toBe('Denied: no rule applies, and the default is deny.')
  })

  test('names the part that cannot be judged, and what was missing or masked', () => {
    const missing = of({ action: 'data.export', environment: 'production' })
    expect(missing.rules[0]).toMatchObject({ answer: 'when_failed', says: 'deny, for it cannot be judged' })
    expect(missing.rules[0]?.why.join()).toContain('params.rows > 1000 cannot be evaluated (params.rows is not given)')
    expect(missing.summary).toBe('Denied, by exports. The condition of exports could not be evaluated.')
    const masked = of({
      action: 'data.export',
      environment: 'production',
      params: { rows: '[masked]' },
      masked: [{ pointer: '/rows', by: 'asker' }],
    })
    expect(masked.rules[0]?.why.join()).toContain('(params.rows is masked)')
  })

  test('shows what a condition saw of who asks', () => {
    const agents = policyFrom(`${HEAD}rules:
  - id: agents
    match: { action: a.b }
    when: 'requester.agent.name != "" && !context.links.exists(link, link.url == "x")'
    effect: deny
`)
    const why = (ask: Ask) =>
      explain(agents, { ask, requester: { client: { id: 'c', name: 'agent' }, verifiedBy: 'oidc' } }, { nowMs: MONDAY })
        .rules[0]?.why
    const named = (name: string): Ask => ({ action: 'a.b', requester: { agent: { name } } })
    expect(why({ action: 'a.b' })).toEqual(['requester.agent.name != "" is false (requester.agent.name is "")'])
    expect(why(named('robot'))).toEqual([
      'action is "a.b"',
      'requester.agent.name != "" is true (requester.agent.name is "robot")',
      '!context.links.exists(link, link.url == "x") is true',
    ])
    expect(why(named('[masked]'))?.join()).toContain('cannot be evaluated (requester.agent.name is masked)')
  })

  test('says when a deny is one of the hour alone', () => {
    const { summary, rules } = of({ action: 'data.read' }, FRIDAY)
    expect(summary).toBe('Denied, by friday. Only now: at another hour it could pass.')
    expect(rules[1]?.why).toEqual(['action "data.read" matches "data.**"', 'its time is now: Fri 16:00 to 24:00 UTC'])
  })

  test('says how far a limited allow goes, and when it is used up', () => {
    expect(of({ action: 'data.read' })).toMatchObject({
      summary: 'Allowed without people, by reads.',
      rules: [{}, {}, { says: 'allow, at most 100 in 1h' }],
    })
    expect(of({ action: 'data.read' }, MONDAY, new Set(['reads']))).toMatchObject({
      summary: 'Needs 1 from sre, by reads.',
      rules: [{}, {}, { says: 'ask for 1 from sre, for the limit of 100 in 1h is used up' }],
    })
  })

  test('says that an ask is refused which masks what must be shown', () => {
    const ask = { action: 'data.export', environment: 'production', params: { rows: 5000 }, sensitive: ['/rows'] }
    const shown = explain(
      policyFrom(POLICY.text.replace('params.rows > 1000 && ', '')),
      { ask, requester: { client: { id: 'c', name: 'agent' }, verifiedBy: 'client_key' } },
      { nowMs: MONDAY },
    )
    expect(shown.summary).toBe('Refused: it masks /rows (must_show).')
  })

  test('shows what an asker wrote cut and without anything hidden', () => {
    const { rules } = of({
      action: 'data.export',
      environment: 'production',
      params: { rows: `\u202e${'x'.repeat(500)}` },
    })
    const why = rules[0]?.why.join() ?? ''
    expect(why).not.toContain('\u202e')
    expect(why.length).toBeLessThan(500)
  })
})

describe('who could approve', () => {
  const PEOPLE = [
    ['slack:U0ALICE', 'email:alice@example.com', 'github:alice-gh'],
    ['slack:U0BOB', 'slack:U0BOB2'],
  ] as const
  const somebody = (userId: string, groups: string[], more: Partial<Somebody> = {}): Somebody => ({
    userId,
    name: null,
    identities: [],
    groups,
    barred: null,
    onBehalfOf: null,
    ...more,
  })

  test('everybody behind the ask is excluded, over every link, with the reason', () => {
    const all = behind([{ identity: 'github:alice-gh', because: 'is whom it is asked for' }], PEOPLE)
    expect(all).toEqual([
      { identity: 'github:alice-gh', because: 'is whom it is asked for' },
      { identity: 'slack:U0ALICE', because: 'the same person as github:alice-gh' },
      { identity: 'email:alice@example.com', because: 'the same person as github:alice-gh' },
    ])
    const found = candidates(
      [
        somebody('U0ALICE', ['sre']),
        somebody('U0ALIAS', ['sre'], { identities: ['email:alice@example.com'] }),
        somebody('U0BOB', ['sre']),
        somebody('U0GONE', ['sre'], { barred: 'is deactivated' }),
      ],
      all,
      PEOPLE,
    )
    expect(found.map(({ userId, excluded }) => [userId, excluded])).toEqual([
      ['U0ALICE', 'stands behind the ask: slack:U0ALICE the same person as github:alice-gh'],
      ['U0ALIAS', 'stands behind the ask: email:alice@example.com the same person as github:alice-gh'],
      ['U0BOB', null],
      ['U0GONE', 'is deactivated'],
    ])
  })

  test('two accounts of one person fill one seat, and one person never two (B22, B23)', () => {
    const two = [{ from: 'sre', count: 2, group: { users: ['U0BOB', 'U0BOB2'] } }]
    const bobs = candidates([somebody('U0BOB', ['sre']), somebody('U0BOB2', ['sre'])], [], PEOPLE)
    expect(couldFill(two, bobs, PEOPLE)).toBe(false)
    expect(couldFill(two, [...bobs, ...candidates([somebody('U0CAROL', ['sre'])], [], PEOPLE)], PEOPLE)).toBe(true)
  })
})
