import { expect, test } from 'vitest'
import { HEAD, judge, policyFrom } from './policies.ts'

const LIMITED = policyFrom(`${HEAD}rules:
  - id: few
    match: { action: data.export }
    when: 'environment == "staging"'
    effect: allow
    limit: { count: 2, per: 1h }
    approvals: [{ from: sre }]
`)

test('a used-up limit is told of the asks that it would have let pass, and of no other', () => {
  const usedUp = new Set(['few'])
  const on = (environment: string) => judge(LIMITED, { environment }, { usedUp })
  expect(on('staging')).toMatchObject({ effect: 'require_approval', trace: [{ answer: 'applies' }] })
  expect(on('staging').trace[0]?.detail).toContain('used up')
  expect(on('production')).toMatchObject({ effect: 'deny', trace: [{ answer: 'when_false', detail: null }] })
})

test('a bug of ours is not taken for a rule that denies: it is thrown', () => {
  const bug = new TypeError('x is not a function')
  const when = {
    source: 'true',
    reads: [],
    evaluate: () => {
      throw bug
    },
  }
  const broken = { ...LIMITED, rules: LIMITED.rules.map((rule) => ({ ...rule, when })) }
  expect(() => judge(broken)).toThrow(bug)
})

test('where no rule applies nothing is wanted but what the defaults say', () => {
  const asks = policyFrom(`${HEAD}defaults: { effect: require_approval, approvals: [{ from: sre }] }\nrules: []\n`)
  for (const policy of [LIMITED, asks]) {
    expect(judge(policy)).toMatchObject({ mustShow: [], noLateJoiners: [], reasonRequired: [], limits: [] })
  }
})
