import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCases, unknownLimits } from '../../src/policy/cases.ts'
import { parseCases } from '../../src/policy/cases-file.ts'
import { lint } from '../../src/policy/lint.ts'
import { describeProblems } from '../../src/policy/load.ts'
import { HEAD, policyFrom } from './policies.ts'

const ROOT = join(import.meta.dirname, '../..')
const example = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

const POLICY = policyFrom(`${HEAD}people: [{ slack: [U0ALICE, U0ALICE2], emails: [alice@example.com] }]
defaults: { zone: UTC }
rules:
  - id: exports
    match: { action: data.export }
    when: "params.rows > 1000"
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }, { from: sre }]
    ttl: 30m
    reason_required: [deny]
  - { id: friday, match: { action: "deploy.*" }, during: { days: [fri] }, effect: deny }
  - { id: deploys, match: { action: "deploy.*" }, effect: require_approval, approvals: [{ from: sre }] }
  - id: reads
    match: { action: data.read }
    effect: allow
    limit: { count: 100, per: 1h }
    approvals: [{ from: sre }]
`)

function run(text: string) {
  const read = parseCases(text)
  if ('problems' in read) throw new Error(describeProblems('cases.yaml', read.problems))
  return runCases(POLICY, read.cases)
}

const one = (text: string) => run(`- name: it\n${text.replace(/^/gm, '  ')}`)[0]

test('a case whose used-up limit the policy has not is an error of the file', () => {
  const read = parseCases(`- { name: a, ask: { action: data.read }, used_up: [raeds], expect: { effect: allow } }
- { name: b, ask: { action: data.read }, used_up: [reads, exports], expect: { effect: allow } }
`)
  if ('problems' in read) throw new Error(describeProblems('cases.yaml', read.problems))
  expect(describeProblems('cases.yaml', unknownLimits(POLICY, read.cases)).split('\n')).toEqual([
    'cases.yaml:1:52: used_up names "raeds", but there is no such rule. Did you mean "reads"?',
    'cases.yaml:2:59: used_up names "exports", a rule without a limit.',
  ])
})

test('the example policy does what the example cases say', () => {
  const read = parseCases(example('policy.cases.example.yaml'))
  if ('problems' in read) throw new Error(describeProblems('policy.cases.example.yaml', read.problems))
  const results = runCases(policyFrom(example('policy.example.yaml')), read.cases)
  expect(results.filter(({ passed }) => !passed)).toEqual([])
  expect(results.length).toBeGreaterThan(10)
})

test('the example of docs/policy.md does what its cases say, and nothing in it is doubtful', () => {
  const document = example('docs/policy.md')
  const blocks = [...document.matchAll(/```ya?ml\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const written = blocks.find((block) => block.includes('large-exports')) ?? ''
  const read = parseCases(blocks.find((block) => block.startsWith('- name:')) ?? '')
  if ('problems' in read) throw new Error(describeProblems('docs/policy.md', read.problems))
  expect(read.cases.length).toBeGreaterThan(2)
  const policy = policyFrom(written)
  expect(runCases(policy, read.cases).filter(({ passed }) => !passed)).toEqual([])
  expect(lint(policy, { nowMs: 0, members: new Map() })).toEqual([])
})

describe('a case', () => {
  test('compares what it names, in any order, and nothing else', () => {
    expect(
      one(`ask: { action: data.export, params: { rows: 5000 }, ttl_seconds: 60 }
expect:
  effect: require_approval
  rules: [exports]
  requirements: [{ from: sre }, { from: data-owners, count: 2 }]
  ttl: 1m
  grant_ttl: 5m
  deny_count: 1
  channels: [C0APPROVALS]
  reason_required: [deny]
  break_glass: false
  must_show: []`),
    ).toMatchObject({ passed: true, differences: [] })
    expect(
      one('ask: { action: data.export, params: { rows: 5000 } }\nexpect: { effect: require_approval }'),
    ).toMatchObject({
      passed: true,
    })
  })

  test('that is not as expected says for each thing what was expected and what came', () => {
    const result = one(`ask: { action: data.export, params: { rows: 5000 } }
expect: { effect: deny, rules: [], requirements: [], ttl: 1h, deny_count: 2, reason_required: [approve], break_glass: sre }`)
    expect(result?.passed).toBe(false)
    expect(result?.differences).toEqual([
      { field: 'effect', expected: 'deny', got: 'require_approval' },
      { field: 'rules', expected: 'none', got: 'exports' },
      { field: 'requirements', expected: 'none', got: '1 from sre, 2 from data-owners' },
      { field: 'deny_count', expected: '2', got: '1' },
      { field: 'ttl', expected: '1h', got: '30m' },
      { field: 'reason_required', expected: 'approve', got: 'deny' },
      { field: 'break_glass', expected: 'sre', got: 'false' },
    ])
  })

  test('whose answer depends on the time must say the time, or it would pass on some days alone', () => {
    const deploy = 'ask: { action: deploy.api }\nexpect: { effect: require_approval }'
    expect(one(deploy)?.problem).toBe('the answer depends on the time, by rule "friday": give the case an "at"')
    expect(one(`at: "2026-11-19T23:59:59Z"\n${deploy}`)?.passed).toBe(true)
    expect(one(`at: "2026-11-20T00:00:00Z"\n${deploy}`)?.passed).toBe(false)
    expect(one(`at: 2026-11-20T00:30:00+01:00\n${deploy}`)?.passed).toBe(true)
  })

  test('is judged by the ask as it would be stored: what is masked cannot be judged by', () => {
    const masked = 'ask: { action: data.export, params: { rows: 5000 }, sensitive: [/rows] }'
    expect(one(`${masked}\nexpect: { effect: deny, rules: [exports] }`)?.passed).toBe(true)
    expect(
      one('ask: { action: data.export, params: { rows: 5 }, sensitive: [/nowhere] }\nexpect: { effect: deny }')
        ?.problem,
    ).toMatch(/^the ask would be refused: \/sensitive\/0/)
  })

  test('can say that a limit is used up', () => {
    const read = 'ask: { action: data.read }'
    expect(one(`${read}\nexpect: { effect: allow }`)?.passed).toBe(true)
    expect(one(`${read}\nused_up: [reads]\nexpect: { effect: require_approval }`)?.passed).toBe(true)
  })

  test('can say who can never approve, over every account of theirs', () => {
    const ask = 'ask: { action: data.read }'
    const alice = '{ effect: allow, excluded: [U0ALICE, U0ALICE2] }'
    for (const who of ['owners: [U0ALICE]', 'on_behalf_of: { email: Alice+x@example.com }']) {
      expect(one(`${ask}\nrequester: { ${who} }\nexpect: ${alice}`)?.passed).toBe(true)
    }
    expect(one(`${ask}\nrequester: { owners: [U0BOB] }\nexpect: ${alice}`)?.differences).toEqual([
      { field: 'excluded', expected: 'U0ALICE, U0ALICE2', got: 'U0ALICE, U0ALICE2 could approve' },
    ])
  })
})

describe('a file of cases', () => {
  const problems = (text: string): string => {
    const read = parseCases(text)
    return 'problems' in read ? describeProblems('c.yaml', read.problems) : 'valid'
  }

  test.each([
    [
      '- { name: a, ask: { action: a.b }, expect: { efect: deny } }',
      'c.yaml:1:46: Unknown field "efect" in cases[0].expect: did you mean "effect"?',
    ],
    [
      '- { name: a, ask: { action: a.b }, expect: { efect: deny } }',
      'cases[0].expect.effect is missing: it must be allow',
    ],
    [
      '- { ask: { action: a.b }, expect: { effect: deny } }',
      'cases[0].name is missing: it must say what the case shows',
    ],
    [
      '- { name: a, ask: { action: A.b }, expect: { effect: deny } }',
      'cases[0].ask.action must be dotted lower-case words',
    ],
    [
      '- { name: a, ask: { action: a.b, params: 5 }, expect: { effect: deny } }',
      'cases[0].ask.params must be a mapping',
    ],
    [
      '- { name: a, ask: { action: a.b }, at: tomorrow, expect: { effect: deny } }',
      'cases[0].at must be a time with its offset',
    ],
    [
      '- { name: a, ask: { action: a.b }, at: 2026-02-30T10:00:00Z, expect: { effect: deny } }',
      'cases[0].at must be a time',
    ],
    ['- { name: a, ask: { action: a.b }, expect: { effect: deny, ttl: 5 } }', 'cases[0].expect.ttl must be a duration'],
    ['cases: []', 'The file must be a list of cases'],
    ['- { name: a, name: b, ask: { action: a.b }, expect: { effect: deny } }', '"name" is written twice'],
    ['- [', 'c.yaml:'],
    ['', 'The file is empty'],
    [
      '- { name: "a\u202eb", ask: { action: a.b }, expect: { effect: deny } }',
      'c.yaml:1:13: The hidden character U+202E stands here',
    ],
    ['# \u009b\n- { name: a, ask: { action: a.b }, expect: { effect: deny } }', 'hidden character U+009B'],
  ])('%s', (text, message) => {
    expect(problems(text)).toContain(message)
  })

  test('names each case once', () => {
    const case1 = '- { name: a, ask: { action: a.b }, expect: { effect: deny } }'
    expect(problems(`${case1}\n${case1}`)).toBe('c.yaml:2:11: cases[0] has this name already.')
    expect(problems(case1)).toBe('valid')
  })
})
