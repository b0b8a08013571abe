import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Evaluation, Policy, Rule, Subject } from '../../src/policy/policy.ts'
import { HEAD, policyFrom } from './policies.ts'

const withRules = (rules: string, defaults = ''): Policy => policyFrom(`${HEAD}${defaults}rules:\n${rules}`)
const ask = (subject: Partial<Subject> = {}): Subject => ({ action: 'data.export', ...subject })

describe('nothing matched', () => {
  it('is a deny unless the policy says otherwise', () => {
    expect(evaluate(withRules('  []\n'), ask())).toMatchObject({
      effect: 'deny',
      rules: [],
      requirements: [],
      channels: [],
    })
  })

  it('asks the people of the defaults where the policy says so', () => {
    const defaults =
      'defaults: { effect: require_approval, approvals: [{ from: sre, count: 2 }], ttl: 2h, grant_ttl: 1m }\n'
    expect(evaluate(withRules('  []\n', defaults), ask())).toMatchObject({
      effect: 'require_approval',
      rules: [],
      requirements: [{ from: 'sre', count: 2, group: { users: ['U0BOB', 'U0CAROL'] } }],
      denyCount: 1,
      ttlMs: 7_200_000,
      grantTtlMs: 60_000,
      channels: ['C0APPROVALS'],
      reasonRequired: [],
    })
  })
})

describe('rules that match together', () => {
  it('B44 a specific deny wins over a broad allow, whichever comes first', () => {
    const allow = '  - { id: broad, match: { action: "data.*" }, effect: allow }\n'
    const deny = '  - { id: specific, match: { action: data.export, environment: production }, effect: deny }\n'
    const subject = ask({ environment: 'production' })
    expect(evaluate(withRules(allow + deny), subject)).toMatchObject({ effect: 'deny', rules: ['broad', 'specific'] })
    expect(evaluate(withRules(deny + allow), subject)).toMatchObject({ effect: 'deny', rules: ['specific', 'broad'] })
    expect(evaluate(withRules(allow + deny), ask({ environment: 'staging' }))).toMatchObject({
      effect: 'allow',
      rules: ['broad'],
    })
  })

  it('add up their requirements, join channels and reasons, and take the shortest times', () => {
    const policy = withRules(`  - id: a
    match: { action: "data.*" }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }, { from: sre }]
    deny_count: 2
    ttl: 4h
    grant_ttl: 10m
    channel: C0DATA
    reason_required: [deny]
  - id: b
    match: { environment: production }
    effect: require_approval
    approvals: [{ from: sre, count: 2 }, { from: data-owners }]
    deny_count: 3
    ttl: 2h
    reason_required: [deny, approve]
  - { id: c, match: { action: data.export }, effect: allow, channel: C0DATA }
`)
    expect(evaluate(policy, ask({ environment: 'production' }))).toEqual({
      digest: policy.digest,
      effect: 'require_approval',
      rules: ['a', 'b', 'c'],
      requirements: [
        { from: 'data-owners', count: 2, group: { usergroup: 'S0DATA' } },
        { from: 'sre', count: 2, group: { users: ['U0BOB', 'U0CAROL'] } },
      ],
      denyCount: 2,
      ttlMs: 7_200_000,
      grantTtlMs: 600_000,
      channels: ['C0DATA', 'C0APPROVALS'],
      reasonRequired: ['approve', 'deny'],
    })
  })

  it('end at one deny where a rule that asks people does not say how many', () => {
    const policy =
      withRules(`  - { id: a, match: { action: "data.*" }, effect: require_approval, approvals: [{ from: sre }], deny_count: 2 }
  - { id: b, match: { environment: x }, effect: require_approval, approvals: [{ from: data-owners }] }
`)
    expect(evaluate(policy, ask()).denyCount).toBe(2)
    expect(evaluate(policy, ask({ environment: 'x' })).denyCount).toBe(1)
  })
})

describe('a match', () => {
  it('needs every member that it gives, and any one glob of a list', () => {
    const policy = withRules(
      '  - { id: a, match: { action: [data.export, "db.*"], environment: staging }, effect: allow }\n',
    )
    expect(evaluate(policy, ask({ environment: 'staging' })).effect).toBe('allow')
    expect(evaluate(policy, { action: 'db.dump', environment: 'staging' }).effect).toBe('allow')
    expect(evaluate(policy, { action: 'data.read', environment: 'staging' }).effect).toBe('deny')
    expect(evaluate(policy, ask({ environment: 'production' })).effect).toBe('deny')
  })

  it('never holds for a member that the ask leaves out, not even for **', () => {
    const policy = withRules('  - { id: a, match: { action: data.export, resource: "**" }, effect: allow }\n')
    expect(evaluate(policy, ask({ resource: 'x' })).effect).toBe('allow')
    expect(evaluate(policy, ask()).effect).toBe('deny')
    expect(evaluate(policy, ask({ resource: undefined })).effect).toBe('deny')
  })
})

describe('B43 no spelling reaches an allow rule that the plain one does not', () => {
  const policy = withRules(`  - { id: public, match: { action: data.read, resource: "s3://public/**" }, effect: allow }
  - { id: staging, match: { action: data.write, environment: staging }, effect: allow }
  - { id: most, match: { action: data.list }, effect: allow }
  - { id: not-secret, match: { action: data.list, resource: "s3://secret/**" }, effect: deny }
`)

  it.each([
    's3://public/../secret/x',
    's3://public/./x',
    's3://public/..',
    's3://public/..\\secret',
    's3://public/%2e%2e/secret',
    's3://public/%2E%2e%2fsecret',
    's3://public/%252e%252e/secret',
    's3://public//x',
    's3://public/x/',
    's3://public/x.',
    's3://public/x ',
    's3://public/x\n',
    's3://public/\u200bx',
    's3://public/\u202ex',
    's3://public/cafe\u0301',
    's3://public/%73ecret',
    'S3://public/x',
    's3://Public/x',
    's3://publіc/x',
  ])('resource %j', (resource) => {
    expect(evaluate(policy, { action: 'data.read', resource }).effect).toBe('deny')
  })

  it.each([
    'Staging',
    'STAGING',
    'staging.',
    'staging/',
    ' staging',
    'staging ',
    'stagіng',
    'staging\u200b',
    'ｓtaging',
  ])('environment %j', (environment) => {
    expect(evaluate(policy, { action: 'data.write', environment }).effect).toBe('deny')
  })

  it.each(['s3://secret//x', 's3://public/../secret/x', 's3:///secret/x', 's3://secret/./x', 's3://%73ecret/x'])(
    '%j does not slip past a deny into the broad allow',
    (resource) => {
      expect(evaluate(policy, { action: 'data.list', resource }).effect).toBe('deny')
    },
  )

  it('while the plain one is allowed', () => {
    expect(evaluate(policy, { action: 'data.read', resource: 's3://public/a..b/file-1.csv' }).effect).toBe('allow')
    expect(evaluate(policy, { action: 'data.read', resource: 's3://public/a%20b?u=http://x' }).effect).toBe('allow')
    expect(evaluate(policy, { action: 'data.write', environment: 'staging' }).effect).toBe('allow')
    expect(evaluate(policy, { action: 'data.list' }).effect).toBe('allow')
  })
})

const group = fc.constantFrom('data-owners', 'sre', 'legal')
const requirement = fc.record({ from: group, count: fc.integer({ min: 1, max: 4 }) })
const globs = (...patterns: string[]) => fc.subarray(patterns, { minLength: 1 })
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    action: fc.option(globs('data.export', 'data.*', '**', 'db.*')),
    resource: fc.option(globs('s3://**', '**', 's3://a/*')),
    environment: fc.option(globs('production', 'prod*', 'staging')),
    effect: fc.constantFrom('allow', 'deny', 'require_approval'),
    approvals: fc.uniqueArray(requirement, { minLength: 1, maxLength: 3, selector: (r) => r.from }),
    denyCount: fc.option(fc.integer({ min: 1, max: 3 })),
    ttlMs: fc.option(fc.integer({ min: 1_000, max: 9_000 })),
    grantTtlMs: fc.option(fc.integer({ min: 1_000, max: 9_000 })),
    channel: fc.option(fc.constantFrom('C0A', 'C0B')),
    reasonRequired: fc.subarray(['approve', 'deny'] as const),
  })
  .map(({ action, resource, environment, effect, approvals, ...rest }) => ({
    ...rest,
    id: 'r',
    match: { ...(action && { action }), ...(resource && { resource }), ...(environment && { environment }) },
    effect,
    approvals: effect === 'require_approval' ? approvals.map((r) => ({ ...r, group: { usergroup: r.from } })) : [],
    denyCount: effect === 'require_approval' ? rest.denyCount : null,
  }))
const subjects: fc.Arbitrary<Subject> = fc.record({
  action: fc.constantFrom('data.export', 'data.read', 'db.dump'),
  resource: fc.constantFrom(undefined, 's3://a/b', 's3://a/b/c', 's3://a/../b'),
  environment: fc.constantFrom(undefined, 'production', 'staging'),
})

const base = policyFrom(HEAD)
const judged = (rules: readonly Rule[], subject: Subject): Evaluation =>
  evaluate({ ...base, rules: rules.map((rule, i) => ({ ...rule, id: rule.id === 'r' ? `r${i}` : rule.id })) }, subject)
const unordered = (found: Evaluation) => ({
  ...found,
  rules: found.rules.toSorted(),
  requirements: found.requirements.toSorted((a, b) => a.from.localeCompare(b.from)),
  channels: found.channels.toSorted(),
})
const STRICTNESS = { allow: 0, require_approval: 1, deny: 2 } as const

describe('for all policies and asks', () => {
  it('the order of the rules never matters', () => {
    const named = fc
      .array(anyRule, { maxLength: 6 })
      .map((rules) => rules.map((rule, i) => ({ ...rule, id: `rule-${i}` })))
    const shuffled = named.chain((rules) =>
      fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
    )
    fc.assert(
      fc.property(shuffled, subjects, ([rules, others], subject) => {
        expect(unordered(judged(others, subject))).toEqual(unordered(judged(rules, subject)))
      }),
      { numRuns: 500 },
    )
  })

  it('a rule more never loosens what other rules ask', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 5 }), anyRule, subjects, (rules, more, subject) => {
        const before = judged(rules, subject)
        // Where nothing matched the default answered, and a rule is written exactly to say otherwise.
        fc.pre(before.rules.length > 0)
        const after = judged([...rules, more], subject)
        expect(STRICTNESS[after.effect]).toBeGreaterThanOrEqual(STRICTNESS[before.effect])
        expect(after.rules).toEqual(expect.arrayContaining([...before.rules]))
        expect(after.channels).toEqual(expect.arrayContaining([...before.channels]))
        expect(after.reasonRequired).toEqual(expect.arrayContaining([...before.reasonRequired]))
        expect(after.denyCount).toBeLessThanOrEqual(before.denyCount)
        if (after.effect !== 'require_approval') return
        for (const { from, count } of before.requirements) {
          expect(after.requirements.find((r) => r.from === from)?.count).toBeGreaterThanOrEqual(count)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('allow is the answer only where every matching rule is an allow, and asking never without people to ask', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), subjects, (rules, subject) => {
        const found = judged(rules, subject)
        const effects = found.rules.map((id) => rules[Number(id.slice(1))]?.effect)
        expect(found.effect === 'allow').toBe(effects.length > 0 && effects.every((effect) => effect === 'allow'))
        expect(found.requirements.length > 0).toBe(found.effect === 'require_approval')
        if (found.effect === 'require_approval') expect(found.channels.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })
})
