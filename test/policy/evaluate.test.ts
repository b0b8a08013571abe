import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import { readExpression } from '../../src/policy/expression.ts'
import type { Circumstances, Evaluation, Policy, Rule, Subject } from '../../src/policy/policy.ts'
import { HEAD, judge, NOW, policyFrom, subjectOf } from './policies.ts'

const withRules = (rules: string, defaults = ''): Policy => policyFrom(`${HEAD}${defaults}rules:\n${rules}`)

describe('nothing matched', () => {
  it('is a deny unless the policy says otherwise', () => {
    expect(judge(withRules('  []\n'))).toMatchObject({
      effect: 'deny',
      rules: [],
      requirements: [],
      channels: [],
    })
  })

  it('asks the people of the defaults where the policy says so', () => {
    const defaults =
      'defaults: { effect: require_approval, approvals: [{ from: sre, count: 2 }], ttl: 2h, grant_ttl: 1m }\n'
    expect(judge(withRules('  []\n', defaults))).toMatchObject({
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
    const subject = { environment: 'production' }
    expect(judge(withRules(allow + deny), subject)).toMatchObject({ effect: 'deny', rules: ['broad', 'specific'] })
    expect(judge(withRules(deny + allow), subject)).toMatchObject({ effect: 'deny', rules: ['specific', 'broad'] })
    expect(judge(withRules(allow + deny), { environment: 'staging' })).toMatchObject({
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
    expect(judge(policy, { environment: 'production' })).toEqual({
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
      mustShow: [],
      limits: [],
      breakGlass: null,
      noLateJoiners: [],
      failed: [],
      onlyNow: false,
      trace: ['a', 'b', 'c'].map((rule) => ({ rule, answer: 'applies', detail: null })),
    })
  })

  it('end at one deny where a rule that asks people does not say how many', () => {
    const policy =
      withRules(`  - { id: a, match: { action: "data.*" }, effect: require_approval, approvals: [{ from: sre }], deny_count: 2 }
  - { id: b, match: { environment: x }, effect: require_approval, approvals: [{ from: data-owners }] }
`)
    expect(judge(policy).denyCount).toBe(2)
    expect(judge(policy, { environment: 'x' }).denyCount).toBe(1)
  })
})

describe('a match', () => {
  it('needs every member that it gives, and any one glob of a list', () => {
    const policy = withRules(
      '  - { id: a, match: { action: [data.export, "db.*"], environment: staging }, effect: allow }\n',
    )
    expect(judge(policy, { environment: 'staging' }).effect).toBe('allow')
    expect(judge(policy, { action: 'db.dump', environment: 'staging' }).effect).toBe('allow')
    expect(judge(policy, { action: 'data.read', environment: 'staging' }).effect).toBe('deny')
    expect(judge(policy, { environment: 'production' }).effect).toBe('deny')
  })

  it('never holds for a member that the ask leaves out, not even for **', () => {
    const policy = withRules('  - { id: a, match: { action: data.export, resource: "**" }, effect: allow }\n')
    expect(judge(policy, { resource: 'x' }).effect).toBe('allow')
    expect(judge(policy).effect).toBe('deny')
    expect(judge(policy, { resource: undefined }).effect).toBe('deny')
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
    expect(judge(policy, { action: 'data.read', resource }).effect).toBe('deny')
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
    expect(judge(policy, { action: 'data.write', environment }).effect).toBe('deny')
  })

  it.each(['s3://secret//x', 's3://public/../secret/x', 's3:///secret/x', 's3://secret/./x', 's3://%73ecret/x'])(
    '%j does not slip past a deny into the broad allow',
    (resource) => {
      expect(judge(policy, { action: 'data.list', resource }).effect).toBe('deny')
    },
  )

  it('while the plain one is allowed', () => {
    expect(judge(policy, { action: 'data.read', resource: 's3://public/a..b/file-1.csv' }).effect).toBe('allow')
    expect(judge(policy, { action: 'data.read', resource: 's3://public/a%20b?u=http://x' }).effect).toBe('allow')
    expect(judge(policy, { action: 'data.write', environment: 'staging' }).effect).toBe('allow')
    expect(judge(policy, { action: 'data.list' }).effect).toBe('allow')
  })
})

const group = fc.constantFrom('data-owners', 'sre', 'legal')
const requirement = fc.record({ from: group, count: fc.integer({ min: 1, max: 4 }) })
const globs = (...patterns: string[]) => fc.subarray(patterns, { minLength: 1 })
/** True, false and failing over the asks below; the last two read what may be masked. */
const conditions = ['true', 'params.rows > 1000', 'params.rows <= 1000', 'has(params.rows)', 'params.token == "x"'].map(
  readExpression,
)
const window = (days: number[], outside: boolean) => ({ days, hours: null, dates: null, outside, zone: 'UTC' })
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    action: fc.option(globs('data.export', 'data.*', '**', 'db.*')),
    resource: fc.option(globs('s3://**', '**', 's3://a/*')),
    environment: fc.option(globs('production', 'prod*', 'staging')),
    when: fc.option(fc.constantFrom(...conditions), { freq: 2 }),
    during: fc.array(fc.constantFrom(window([2], false), window([2], true), window([5], false)), { maxLength: 1 }),
    effect: fc.constantFrom('allow', 'deny', 'require_approval'),
    limit: fc.option(fc.record({ most: fc.integer({ min: 1, max: 5 }), perMs: fc.constant(60_000) })),
    approvals: fc.uniqueArray(requirement, { minLength: 1, maxLength: 3, selector: (r) => r.from }),
    lateJoiners: fc.option(fc.boolean()),
    mustShow: fc.subarray(['/rows', '/token']),
    breakGlass: fc.option(
      fc.record({
        from: fc.constantFrom('oncall', 'leads'),
        grantTtlMs: fc.option(fc.integer({ min: 1_000, max: 9_000 })),
        self: fc.boolean(),
      }),
    ),
    denyCount: fc.option(fc.integer({ min: 1, max: 3 })),
    ttlMs: fc.option(fc.integer({ min: 1_000, max: 9_000 })),
    grantTtlMs: fc.option(fc.integer({ min: 1_000, max: 9_000 })),
    channel: fc.option(fc.constantFrom('C0A', 'C0B')),
    reasonRequired: fc.subarray(['approve', 'deny'] as const),
  })
  .map(({ action, resource, environment, effect, approvals, ...rest }) => {
    const limit = effect === 'allow' ? rest.limit : null
    const asks = effect === 'require_approval' || limit !== null
    return {
      ...rest,
      id: 'r',
      match: { ...(action && { action }), ...(resource && { resource }), ...(environment && { environment }) },
      effect,
      limit,
      approvals: asks ? approvals.map((r) => ({ ...r, group: { usergroup: r.from } })) : [],
      breakGlass: asks && rest.breakGlass ? { ...rest.breakGlass, group: { usergroup: rest.breakGlass.from } } : null,
      denyCount: effect === 'require_approval' ? rest.denyCount : null,
    }
  })
const subjects: fc.Arbitrary<Subject> = fc
  .record({
    action: fc.constantFrom('data.export', 'data.read', 'db.dump'),
    resource: fc.constantFrom(undefined, 's3://a/b', 's3://a/b/c', 's3://a/../b'),
    environment: fc.constantFrom(undefined, 'production', 'staging'),
    params: fc.constantFrom(undefined, { rows: 5_000 }, { rows: 10, token: 'x' }, { rows: 'many' }),
    masked: fc.constantFrom(undefined, [{ pointer: '/token', by: 'asker' as const }]),
  })
  .map(subjectOf)
/** Ids that the random rules get, some of them used up; on a Tuesday or on a Friday. */
const moments: fc.Arbitrary<Circumstances> = fc.record({
  nowMs: fc.constantFrom(NOW, NOW + 3 * 86_400_000),
  usedUp: fc.subarray(['rule-0', 'rule-1', 'rule-2', 'r0', 'r1', 'r2', 'r3']).map((ids) => new Set(ids)),
})

const base = policyFrom(HEAD)
const judged = (rules: readonly Rule[], subject: Subject, at: Circumstances): Evaluation =>
  evaluate(
    { ...base, rules: rules.map((rule, i) => ({ ...rule, id: rule.id === 'r' ? `r${i}` : rule.id })) },
    subject,
    at,
  )
const unordered = (found: Evaluation) => ({
  ...found,
  rules: found.rules.toSorted(),
  failed: found.failed.toSorted(),
  limits: found.limits.toSorted((a, b) => a.rule.localeCompare(b.rule)),
  mustShow: found.mustShow.toSorted(),
  noLateJoiners: found.noLateJoiners.toSorted(),
  trace: found.trace.toSorted((a, b) => a.rule.localeCompare(b.rule)),
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
      fc.property(shuffled, subjects, moments, ([rules, others], subject, at) => {
        expect(unordered(judged(others, subject, at))).toEqual(unordered(judged(rules, subject, at)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('a rule more never loosens what other rules ask', () => {
    fc.assert(
      fc.property(
        fc.array(anyRule, { minLength: 1, maxLength: 5 }),
        anyRule,
        subjects,
        moments,
        (rules, more, subject, at) => {
          const before = judged(rules, subject, at)
          // Where nothing matched the default answered, and a rule is written exactly to say otherwise.
          fc.pre(before.rules.length > 0)
          const after = judged([...rules, more], subject, at)
          expect(STRICTNESS[after.effect]).toBeGreaterThanOrEqual(STRICTNESS[before.effect])
          expect(after.rules).toEqual(expect.arrayContaining([...before.rules]))
          expect(after.channels).toEqual(expect.arrayContaining([...before.channels]))
          expect(after.reasonRequired).toEqual(expect.arrayContaining([...before.reasonRequired]))
          expect(after.mustShow).toEqual(expect.arrayContaining([...before.mustShow]))
          expect(after.denyCount).toBeLessThanOrEqual(before.denyCount)
          expect(after.ttlMs).toBeLessThanOrEqual(before.rules.some((id) => ttlOf(rules, id)) ? before.ttlMs : Infinity)
          if (after.effect === 'allow') expect(after.limits).toEqual(expect.arrayContaining([...before.limits]))
          if (after.effect !== 'require_approval') return
          expect(after.noLateJoiners).toEqual(expect.arrayContaining([...before.noLateJoiners]))
          if (before.effect === 'require_approval' && after.breakGlass) {
            expect(before.breakGlass?.from).toBe(after.breakGlass.from)
            expect(after.breakGlass.grantTtlMs).toBeLessThanOrEqual(before.breakGlass?.grantTtlMs ?? 0)
            expect(before.breakGlass?.self || !after.breakGlass.self).toBe(true)
          }
          for (const { from, count } of before.requirements) {
            expect(after.requirements.find((r) => r.from === from)?.count).toBeGreaterThanOrEqual(count)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('allow is the answer only where every rule that applies is an allow with uses left', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), subjects, moments, (rules, subject, at) => {
        const found = judged(rules, subject, at)
        const said = found.rules.map((id) => (found.failed.includes(id) ? 'deny' : ruleOf(rules, id)?.effect))
        const isFree = found.rules.every((id) => ruleOf(rules, id)?.limit === null || at.usedUp?.has(id) !== true)
        expect(found.effect === 'allow').toBe(said.length > 0 && said.every((effect) => effect === 'allow') && isFree)
        expect(found.effect === 'deny').toBe(said.length === 0 || said.includes('deny'))
        expect(found.requirements.length > 0).toBe(found.effect === 'require_approval')
        if (found.effect === 'require_approval') expect(found.channels.length).toBeGreaterThan(0)
        if (found.effect !== 'allow') expect(found.limits).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it('the trace says of every rule, in the order of the file, what the answer says', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), subjects, moments, (rules, subject, at) => {
        const found = judged(rules, subject, at)
        expect(found.trace.map(({ rule }) => rule)).toEqual(rules.map((_, i) => `r${i}`))
        const applied = found.trace.filter(({ answer }) => answer === 'applies' || answer === 'when_failed')
        expect(applied.map(({ rule }) => rule)).toEqual(found.rules)
        const failed = found.trace.filter(({ answer }) => answer === 'when_failed')
        expect(failed.map(({ rule }) => rule)).toEqual(found.failed)
        expect(failed.every(({ detail }) => detail !== null && detail.length > 0)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('a deny is only for now exactly where the same ask passes at another hour, with windows read as open or closed', () => {
    const always = (rules: readonly Rule[], keep: (rule: Rule) => boolean): Rule[] =>
      rules
        .map((rule, i) => ({ ...rule, id: `r${i}` }))
        .flatMap((rule) => (keep(rule) ? [{ ...rule, during: [] }] : []))
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), subjects, moments, (rules, subject, at) => {
        const found = judged(rules, subject, at)
        const kindest = judged(
          always(
            rules,
            (rule) =>
              rule.during.length === 0 ||
              (rule.effect !== 'deny' && !found.failed.includes(rule.id) && passes(rule, subject, at)),
          ),
          subject,
          at,
        )
        expect(found.onlyNow).toBe(found.effect === 'deny' && kindest.effect !== 'deny')
      }),
      { numRuns: 1_000 },
    )
  })
})

const ruleOf = (rules: readonly Rule[], id: string): Rule | undefined => rules[Number(id.slice(1))]
const ttlOf = (rules: readonly Rule[], id: string): number | null => ruleOf(rules, id)?.ttlMs ?? null
/** Would the rule apply by itself, at any hour, without failing? */
const passes = (rule: Rule, subject: Subject, at: Circumstances): boolean => {
  const alone = judged([{ ...rule, during: [] }], subject, at)
  return alone.rules.length === 1 && alone.failed.length === 0
}
