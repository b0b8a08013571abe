import { describe, expect, it } from 'vitest'
import type { Ask } from '../../src/approval/request.ts'
import type { Circumstances, Evaluation, Policy } from '../../src/policy/policy.ts'
import { HEAD, judge, NOW, policyFrom } from './policies.ts'

const withRules = (...rules: string[]): Policy =>
  policyFrom(
    `${HEAD.replace('groups:', 'groups:\n  oncall: { usergroup: S0ONCALL }')}rules:\n${rules.map((rule, i) => `  - { id: r${i}, match: { action: data.export }, ${rule} }\n`).join('')}`,
  )
const found = (policy: Policy, ask: Partial<Ask> = {}, at: Partial<Circumstances> = {}): Evaluation =>
  judge(policy, ask, at)
const asking = 'effect: require_approval, approvals: [{ from: sre }]'
const FRIDAY = NOW + 3 * 86_400_000
const onFriday = 'during: { days: [fri], zone: UTC }'
const notOnFriday = 'during: { days: [fri], zone: UTC, outside: true }'

describe('a condition', () => {
  it.each(['allow', 'deny', asking.slice(8)])('narrows a rule whose effect is %s', (effect) => {
    const policy = withRules(`effect: ${effect}, when: 'params.rows > 10'`)
    expect(found(policy, { params: { rows: 11 } }).rules).toEqual(['r0'])
    expect(found(policy, { params: { rows: 10 } })).toMatchObject({ rules: [], effect: 'deny', failed: [] })
    expect(found(policy, { params: { rows: 10 } }).trace).toEqual([{ rule: 'r0', answer: 'when_false', detail: null }])
  })

  it.each(['allow', 'deny', asking.slice(8)])('that fails is a deny where the effect is %s', (effect) => {
    const policy = withRules('effect: allow', `effect: ${effect}, when: 'params.rows > 10'`)
    for (const ask of [{}, { params: { rows: 'x' } }, { params: { rows: 11 }, sensitive: ['/rows'] }]) {
      expect(found(policy, ask)).toMatchObject({
        effect: 'deny',
        rules: ['r0', 'r1'],
        failed: ['r1'],
        requirements: [],
      })
    }
    expect(found(policy).trace[1]).toEqual({ rule: 'r1', answer: 'when_failed', detail: 'the ask has no rows' })
  })

  it('is not looked at where the rule does not match, or not now', () => {
    const policy = withRules(`effect: deny, when: 'params.rows > 10', ${onFriday}`, 'effect: allow')
    expect(found(policy, { action: 'data.read' }).failed).toEqual([])
    expect(found(policy)).toMatchObject({ effect: 'allow', failed: [] })
    expect(found(policy, {}, { nowMs: FRIDAY })).toMatchObject({ effect: 'deny', failed: ['r0'] })
  })

  it('shares its bound with all others, so that a thousand of them cannot stall the process', () => {
    const rules = Array.from({ length: 200 }, (_, i) => `effect: allow, when: 'params.l.all(x, x >= ${i - 1_000})'`)
    const l = Array.from({ length: 20_000 }, () => 1)
    const { effect, trace } = found(withRules(...rules), { params: { l } })
    expect(effect).toBe('deny')
    expect(trace[0]?.answer).toBe('applies')
    expect(trace.at(-1)?.detail).toContain('takes too long')
  })
})

describe('a window', () => {
  it('closes a rule at other times', () => {
    const policy = withRules(`effect: allow, ${notOnFriday}`)
    expect(found(policy).effect).toBe('allow')
    expect(found(policy, {}, { nowMs: FRIDAY })).toMatchObject({ effect: 'deny', rules: [], onlyNow: true })
    expect(found(policy, {}, { nowMs: FRIDAY }).trace).toEqual([
      { rule: 'r0', answer: 'not_at_this_time', detail: null },
    ])
  })

  it.each([
    ['a freeze over what people approve', [asking, `effect: deny, ${onFriday}`], true],
    ['a freeze over nothing else', [`effect: deny, ${onFriday}`], false],
    ['a freeze and a deny for ever', [asking, `effect: deny, ${onFriday}`, 'effect: deny'], false],
    ['a freeze over a condition that fails', [`${asking}, when: "params.x == 1"`, `effect: deny, ${onFriday}`], false],
    ['a freeze whose own condition fails', [asking, `effect: deny, when: "params.x == 1", ${onFriday}`], true],
    ['a deny for ever', ['effect: deny'], false],
    ['office hours over', [`${asking}, ${notOnFriday}`], true],
    ['office hours over, of a rule that would fail', [`${asking}, ${notOnFriday}, when: "params.x == 1"`], false],
    ['office hours over, of a deny', [`effect: deny, ${notOnFriday}`], false],
    ['office hours over, and a deny for ever', [`${asking}, ${notOnFriday}`, 'effect: deny'], false],
  ])('%s: is it only for now?', (_name, rules, onlyNow) => {
    expect(found(withRules(...rules), {}, { nowMs: FRIDAY })).toMatchObject({ effect: 'deny', onlyNow })
  })

  it('a freeze over a default that asks people is only for now', () => {
    const policy = policyFrom(
      `${HEAD}defaults: { effect: require_approval, approvals: [{ from: sre }] }\nrules: [{ id: a, match: { action: data.export }, effect: deny, ${onFriday} }]\n`,
    )
    expect(found(policy, {}, { nowMs: FRIDAY })).toMatchObject({ effect: 'deny', onlyNow: true })
    expect(found(policy)).toMatchObject({
      effect: 'require_approval',
      rules: [],
      trace: [{ answer: 'not_at_this_time' }],
    })
  })

  it('that is open is never only for now', () => {
    expect(found(withRules(asking, `effect: deny, ${onFriday}`))).toMatchObject({
      effect: 'require_approval',
      onlyNow: false,
    })
  })
})

describe('a limited allow', () => {
  const limited = (count: number): string =>
    `effect: allow, limit: { count: ${count}, per: 1h }, approvals: [{ from: sre }], ttl: 10m`
  const usedUp = (...ids: string[]): Partial<Circumstances> => ({ usedUp: new Set(ids) })

  it('asks nobody and names its limit, until that is used up', () => {
    expect(found(withRules(limited(5)))).toMatchObject({
      effect: 'allow',
      limits: [{ rule: 'r0', most: 5, perMs: 3_600_000 }],
      requirements: [],
      channels: [],
    })
    expect(found(withRules(limited(5)), {}, usedUp('r0'))).toMatchObject({
      effect: 'require_approval',
      limits: [],
      requirements: [{ from: 'sre', count: 1 }],
      channels: ['C0APPROVALS'],
      denyCount: 1,
    })
    expect(found(withRules(limited(5)), {}, usedUp('r0')).trace[0]?.detail).toContain('used up')
    expect(found(withRules(limited(5)), {}, usedUp('r7')).effect).toBe('allow')
  })

  it('beside others: each limit counts, and one used up is enough', () => {
    const policy = withRules(limited(5), limited(9).replace('sre', 'data-owners'), 'effect: allow')
    expect(found(policy).limits.map(({ rule, most }) => [rule, most])).toEqual([
      ['r0', 5],
      ['r1', 9],
    ])
    const beyond = found(policy, {}, usedUp('r1'))
    expect(beyond).toMatchObject({ effect: 'require_approval', limits: [], rules: ['r0', 'r1', 'r2'] })
    expect(beyond.requirements.map(({ from }) => from)).toEqual(['data-owners'])
  })

  it('beside a rule that asks people counts nothing, and beside a deny neither', () => {
    expect(found(withRules(limited(5), asking))).toMatchObject({ effect: 'require_approval', limits: [] })
    expect(found(withRules(limited(5), 'effect: deny'))).toMatchObject({ effect: 'deny', limits: [] })
  })
})

describe('broken glass', () => {
  const glass = (more: string): string => `${asking}, break_glass: { from: oncall${more} }`

  it('is for the group that the rule names, for two minutes unless it says otherwise', () => {
    expect(found(withRules(glass(''))).breakGlass).toEqual({
      from: 'oncall',
      group: { usergroup: 'S0ONCALL' },
      grantTtlMs: 120_000,
      self: false,
    })
    expect(found(withRules(glass(', grant_ttl: 30s, self: true'))).breakGlass).toMatchObject({
      grantTtlMs: 30_000,
      self: true,
    })
    // Never longer than the ordinary yes.
    expect(found(withRules(`${glass(', grant_ttl: 9m')}, grant_ttl: 1m`)).breakGlass?.grantTtlMs).toBe(60_000)
  })

  it('needs the word of every rule that asks people: one group, the shortest time, self only if all say so', () => {
    const both = withRules(glass(', grant_ttl: 3m, self: true'), glass(', grant_ttl: 1m'))
    expect(found(both).breakGlass).toMatchObject({ from: 'oncall', grantTtlMs: 60_000, self: false })
    expect(found(withRules(glass(''), asking)).breakGlass).toBe(null)
    expect(found(withRules(asking, glass(''))).breakGlass).toBe(null)
    expect(found(withRules(glass(''), glass('').replace('oncall', 'data-owners'))).breakGlass).toBe(null)
    expect(found(withRules(glass(''), 'effect: allow')).breakGlass).toMatchObject({ from: 'oncall' })
  })

  it('is never for a deny, nor for the defaults', () => {
    expect(found(withRules(glass(''), 'effect: deny'))).toMatchObject({ effect: 'deny', breakGlass: null })
    expect(found(withRules(glass(', self: true')), { action: 'data.read' }).breakGlass).toBe(null)
  })
})

describe('what must be seen, and who comes late', () => {
  it('must_show adds up over all rules that apply', () => {
    const policy = withRules(
      `${asking}, must_show: [/a]`,
      'effect: allow, must_show: [/b, /a]',
      `${asking}, must_show: [/c], ${onFriday}`,
    )
    expect(found(policy).mustShow).toEqual(['/a', '/b'])
  })

  it('one rule that takes no late joiners is enough for its user groups', () => {
    const owners = 'effect: require_approval, approvals: [{ from: data-owners }, { from: sre }]'
    expect(found(withRules(`${owners}, late_joiners: false`, owners)).noLateJoiners).toEqual(['data-owners'])
    expect(found(withRules(owners, `${asking}, late_joiners: false`)).noLateJoiners).toEqual([])
    expect(found(withRules(`${owners}, late_joiners: true`)).noLateJoiners).toEqual([])
  })
})

describe('the trace', () => {
  it('says for each rule why it did not apply', () => {
    const policy = policyFrom(`${HEAD}rules:
  - { id: other, match: { action: [db.dump, data.read] }, effect: deny }
  - { id: glob, match: { action: "db.*" }, effect: deny }
  - { id: absent, match: { action: data.export, resource: "s3://**" }, effect: deny }
  - { id: elsewhere, match: { environment: [production, "prod-*"] }, effect: deny }
  - { id: spelled, match: { environment: "stag*" }, effect: allow }
`)
    expect(judge(policy, { environment: 'staging/' }).trace).toEqual([
      { rule: 'other', answer: 'no_match', detail: 'action is not db.dump or data.read' },
      { rule: 'glob', answer: 'no_match', detail: 'action is not db.*' },
      { rule: 'absent', answer: 'no_match', detail: 'the ask has no resource, which must be s3://**' },
      { rule: 'elsewhere', answer: 'no_match', detail: 'environment is not production or prod-*' },
      { rule: 'spelled', answer: 'no_match', detail: 'environment is not stag*' },
    ])
    expect(judge(policy, { environment: 'staging.' }).trace[4]?.detail).toContain('environment has other spellings')
  })

  it('is in the order of the file, however rules are found', () => {
    const text = ['data.export', '"data.*"', 'data.export', 'data.read', '"**"']
      .map((action, i) => `  - { id: r${i}, match: { action: ${action} }, effect: deny }\n`)
      .join('')
    const evaluation = judge(policyFrom(`${HEAD}rules:\n${text}`))
    expect(evaluation.rules).toEqual(['r0', 'r1', 'r2', 'r4'])
    expect(evaluation.trace.map(({ rule }) => rule)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4'])
  })
})
