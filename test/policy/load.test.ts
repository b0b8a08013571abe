import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeProblems, LARGEST_FILE, parsePolicy } from '../../src/policy/load.ts'
import { HEAD, lines, policyFrom } from './policies.ts'

const rule = (fields: string): string => `${HEAD}rules:\n  - { id: a, match: { action: x }, ${fields} }\n`
const asking = 'effect: require_approval, approvals: [{ from: sre }]'

describe('the documented example', () => {
  const text = readFileSync(new URL('../../policy.example.yaml', import.meta.url), 'utf8')

  it('loads without a warning', () => {
    const loaded = parsePolicy(text)
    expect(lines(loaded)).toBe('')
    expect('policy' in loaded && loaded.policy.text).toBe(text)
  })

  it('means what it says', () => {
    const policy = policyFrom(text)
    expect(policy.slack).toEqual({ channel: 'C0APPROVALS', auditChannel: 'C0AUDIT' })
    expect(policy.people).toEqual([['slack:U0ALICE', 'email:alice@example.com', 'github:alice-gh']])
    expect(policy.defaults).toEqual({ effect: 'deny', approvals: [], ttlMs: 3_600_000, grantTtlMs: 300_000 })
    expect(policy.limits).toEqual({ requestsPerMinute: 60, pendingPerClient: 100 })
    expect(policy.rules[0]).toEqual({
      id: 'prod-export',
      match: { action: ['data.export'], environment: ['production'], resource: ['s3://**'] },
      effect: 'require_approval',
      approvals: [
        { from: 'data-owners', count: 2, group: { usergroup: 'S0DATA' } },
        { from: 'sre', count: 1, group: { users: ['U0BOB', 'U0CAROL'] } },
      ],
      when: null,
      during: [],
      limit: null,
      lateJoiners: null,
      mustShow: ['/rows'],
      breakGlass: null,
      denyCount: 1,
      ttlMs: 1_800_000,
      grantTtlMs: null,
      channel: 'C0PROD',
      reasonRequired: ['deny'],
    })
  })
})

describe('the digest', () => {
  it('is over the canonical content, so that comments, order and layout do not change it', () => {
    const one = policyFrom('version: 1\nslack: { channel: C0A }\n')
    const two = policyFrom('# reviewed\nslack:\r\n  channel: "C0A" # here\r\nversion: 1\r\n')
    expect(two.digest).toBe(one.digest)
    const canonical = '{"slack":{"channel":"C0A"},"version":1}'
    expect(one.digest).toBe(`sha256:${createHash('sha256').update(canonical).digest('hex')}`)
    expect(policyFrom('version: 1\nslack: { channel: C0B }\n').digest).not.toBe(one.digest)
  })
})

describe('a file that leaves things out', () => {
  it('denies, for an hour, with nobody in it', () => {
    const policy = policyFrom('version: 1\nslack: { channel: "#approvals" }\n')
    expect(policy).toMatchObject({ admins: [], groups: {}, people: [], rules: [], redact: [] })
    expect(policy.defaults).toEqual({ effect: 'deny', approvals: [], ttlMs: 3_600_000, grantTtlMs: 300_000 })
    expect(policy.slack).toEqual({ channel: '#approvals', auditChannel: null })
  })
})

describe('I20 a wrong policy file is refused with line and column:', () => {
  it.each<[string, string, string]>([
    ['syntax error', 'version: 1\nslack: [\n', '3:1: Flow sequence'],
    ['nested mapping on one line', 'version: 1\nslack: channel: C0A\n', '2:8: Nested mappings'],
    ['tab', 'version: 1\nslack:\n\tchannel: C0A\n', '3:1: A tab stands in the indentation'],
    ['empty file', '', '1:1: The file is empty'],
    ['comments only', '# nothing yet\n', '1:1: The file is empty'],
    ['list at the top', '- version: 1\n', '1:1: The policy must be a mapping'],
    ['text at the top', 'hello\n', '1:1: The policy must be a mapping'],
    ['several documents', `${HEAD}---\nversion: 1\n`, '6:1: A policy is one YAML document'],
    ['anchor', `${HEAD}admins: &a [U0A]\n`, '6:12: Anchors are refused: remove &a'],
    ['alias', `${HEAD}admins: *a\n`, '6:9: Aliases are refused'],
    ['unquoted ** glob', rule('effect: deny').replace('action: x', 'action: **'), '"**"'],
    ['unquoted * glob', rule('effect: deny').replace('action: x', 'action: *'), 'must be in quotes: "*"'],
    ['merge key', `${HEAD}<<: { admins: [U0A] }\n`, '6:1: Merge keys are refused'],
    ['tag', `${HEAD}admins: !list [U0A]\n`, 'Tags are refused: remove "!list"'],
    ['standard tag', `${HEAD}redact: [!!str iban]\n`, 'Tags are refused'],
    ['old YAML', `%YAML 1.1\n---\n${HEAD}`, '1:1: Only YAML 1.2'],
    ['duplicate key', `${HEAD}version: 1\n`, '6:1: "version" is written twice; it stands in line 1 already'],
    [
      'duplicate nested key',
      `${HEAD}limits: { pending_per_client: 1, pending_per_client: 2 }\n`,
      '6:34: "pending_per_client"',
    ],
    ['list as a key', `${HEAD}? [a]\n: 1\n`, 'Keys must be plain text'],
    ['number as a key', `${HEAD.replace('sre:', '7:')}`, '5:3: Keys must be text: put "7" in quotes'],
    ['null as a key', `${HEAD.replace('sre:', '~:')}`, '5:3: Keys must be text'],
    ['__proto__', `${HEAD}__proto__: { admins: [U0A] }\n`, '6:1: "__proto__"'],
    ['yes', rule('effect: yes'), '7:44: "yes" is true or false to some YAML readers'],
    ['Norway', `${HEAD}rules: [{ id: a, match: { environment: no }, effect: deny }]\n`, '"no" is true or false'],
    ['true', rule('effect: true'), '7:44: rules[0].effect must be allow, deny or require_approval'],
    ['underscores', `${HEAD}limits: { requests_per_minute: 1_000 }\n`, '6:32: "1_000" is not the same number'],
    ['octal', `${HEAD}limits: { requests_per_minute: 0777 }\n`, '6:32: "0777" is not the same number'],
    ['new octal', `${HEAD}limits: { requests_per_minute: 0o17 }\n`, '"0o17" is not the same number'],
    ['hex', `${HEAD}limits: { requests_per_minute: 0x1F }\n`, '"0x1F" is not the same number'],
    ['base 60', rule('effect: deny, ttl: 1:30'), 'A time needs quotes: "1:30"'],
    ['infinity', `${HEAD}limits: { requests_per_minute: .inf }\n`, '".inf" is not the same number'],
    ['BOM', `\uFEFF${HEAD}`, '1:1: The file begins with a byte order mark'],
    ['bidi in a comment', `# \u202e reviewed\n${HEAD}`, '1:3: The hidden character U+202E'],
    ['control character', `${HEAD}# \u0007\n`, '6:3: The hidden character U+0007'],
    ['lone CR', `# a\rversion: 2\n${HEAD}`, '1:4: The hidden character U+000D'],
    ['more than 4 MiB', `# ${'x'.repeat(LARGEST_FILE)}\n${HEAD}`, '1:1: The file is larger than 4 MiB'],
    ['10 MB', '[1, '.repeat(2_500_000), '1:1: The file is larger than 4 MiB'],
    ['nesting bomb', '['.repeat(100_000), ' nested too deeply'],
    ['unknown field', `${HEAD}admin: [U0A]\n`, '6:1: Unknown field "admin": did you mean "admins"?'],
    [
      'unknown field of a rule',
      rule(`${asking}, denycount: 1`),
      'Unknown field "denycount" in rules[0]: did you mean "deny_count"?',
    ],
    ['swapped letters', rule('effect: deny, chanenl: C0A'), 'did you mean "channel"?'],
    ['far unknown field', `${HEAD}limits: { zzz: 1 }\n`, 'known here are requests_per_minute, pending_per_client.'],
    [
      'unknown match member',
      rule('effect: deny').replace('action:', 'actor:'),
      'Unknown field "actor" in rules[0].match',
    ],
    ['unknown field of a group', `${HEAD.replace('usergroup: S', 'user_group: S')}`, 'did you mean "usergroup"?'],
    ['no version', HEAD.replace('version: 1\n', ''), '1:1: version is missing: it must be 1.'],
    ['version 2', HEAD.replace('version: 1', 'version: 2'), '1:10: version must be 1.'],
    ['version as text', HEAD.replace('version: 1', 'version: "1"'), '1:10: version must be 1.'],
    ['no channel', HEAD.replace('{ channel: C0APPROVALS }', '{}'), '2:1: slack.channel is missing'],
    [
      'unquoted #channel',
      'version: 1\nslack:\n  channel: #approvals\n',
      '3:12: slack.channel is empty, for an unquoted #',
    ],
    [
      'channel name without #',
      HEAD.replace('C0APPROVALS', 'approvals'),
      '2:19: slack.channel must be a Slack channel id',
    ],
    [
      'user where a channel belongs',
      HEAD.replace('C0APPROVALS', 'U0ALICE'),
      'slack.channel must be a Slack channel id',
    ],
    ['admin by name', `${HEAD}admins: [alice]\n`, '6:10: admins[0] must be a Slack user id'],
    ['lower-case user id', `${HEAD}admins: [u0alice]\n`, 'admins[0] must be a Slack user id'],
    ['user id with a line end', `${HEAD}admins: ["U0ALICE\\n"]\n`, 'admins[0] must be a Slack user id'],
    ['admin twice', `${HEAD}admins: [U0A, U0A]\n`, '6:15: This id is listed twice'],
    [
      'usergroup by name',
      HEAD.replace('S0DATA', 'data'),
      '4:29: groups.data-owners.usergroup must be a Slack user group id',
    ],
    ['group of nobody', HEAD.replace('[U0BOB, U0CAROL]', '[]'), '5:17: The list is empty'],
    ['group both ways', HEAD.replace('{ users:', '{ usergroup: S0X, users:'), '5:3: A group is either'],
    ['group in no way', HEAD.replace('{ users: [U0BOB, U0CAROL] }', '{}'), '5:3: A group is either'],
    ['one user twice', HEAD.replace('U0CAROL', 'U0BOB'), '5:25: This id is listed twice'],
    ['look-alike group name', HEAD.replace('sre:', 'ѕre:'), '5:3: Group names are'],
    ['unknown group', rule(`${asking.replace('sre', 'ser')}`), 'There is no group "ser": did you mean "sre"?'],
    ['group of every object', rule(`${asking.replace('sre', 'constructor')}`), 'There is no group "constructor"'],
    ['no approvals', rule('effect: require_approval'), 'needs approvals'],
    ['empty approvals', rule('effect: require_approval, approvals: []'), 'needs approvals'],
    [
      'approvals of an allow',
      rule('effect: allow, approvals: [{ from: sre }]'),
      'approvals belong only to effect: require_approval, or to allow with a limit; here it is allow',
    ],
    ['approvals of a deny', rule('effect: deny, approvals: [{ from: sre }]'), 'here it is deny'],
    [
      'one group twice',
      rule('effect: require_approval, approvals: [{ from: sre }, { from: sre, count: 2 }]'),
      'already',
    ],
    [
      'quorum 0',
      rule('effect: require_approval, approvals: [{ from: sre, count: 0 }]'),
      'count must be a whole number from 1',
    ],
    [
      'quorum -1',
      rule('effect: require_approval, approvals: [{ from: sre, count: -1 }]'),
      'count must be a whole number from 1',
    ],
    [
      'quorum 1.5',
      rule('effect: require_approval, approvals: [{ from: sre, count: 1.5 }]'),
      'count must be a whole number from 1',
    ],
    [
      'quorum as text',
      rule('effect: require_approval, approvals: [{ from: sre, count: "2" }]'),
      'count must be a whole number from 1',
    ],
    [
      'quorum without end',
      rule('effect: require_approval, approvals: [{ from: data-owners, count: 1e9 }]'),
      'count must be a whole number from 1 to 100',
    ],
    [
      'quorum larger than the group',
      rule('effect: require_approval, approvals: [{ from: sre, count: 3 }]'),
      'has only 2 different people',
    ],
    [
      'quorum larger than the people behind the accounts',
      `${rule('effect: require_approval, approvals: [{ from: sre, count: 2 }]')}people: [{ slack: [U0BOB, U0CAROL] }]\n`,
      'has only one person',
    ],
    ['deny_count 0', rule(`${asking}, deny_count: 0`), 'rules[0].deny_count must be a whole number'],
    ['deny_count null', rule(`${asking}, deny_count: null`), 'rules[0].deny_count is empty'],
    ['ttl 0', rule(`${asking}, ttl: 0s`), 'rules[0].ttl must be a duration'],
    ['ttl without a unit', rule(`${asking}, ttl: 30`), 'rules[0].ttl must be a duration'],
    ['ttl in words', rule(`${asking}, ttl: 5 min`), 'rules[0].ttl must be a duration'],
    ['ttl over 30 d', rule(`${asking}, ttl: 31d`), 'from 1s to 30d'],
    ['grant_ttl over 24 h', rule(`${asking}, grant_ttl: 25h`), 'from 1s to 24h'],
    ['reason_required as a word', rule(`${asking}, reason_required: deny`), 'must be a list of approve and deny'],
    [
      'reason_required of nothing',
      rule(`${asking}, reason_required: [maybe]`),
      'reason_required[0] must be approve or deny',
    ],
    ['rule without match', `${HEAD}rules: [{ id: a, effect: deny }]\n`, '6:9: rules[0].match is missing'],
    [
      'empty match',
      `${HEAD}rules: [{ id: a, match: {}, effect: deny }]\n`,
      '6:25: An empty match matches everything; write action: "**"',
    ],
    ['allow all', rule('effect: allow').replace('action: x', 'action: "**"'), '7:21: This rule allows everything'],
    [
      'allow all, other ways',
      rule('effect: allow').replace('action: x', 'action: [x, "*"], resource: "**"'),
      'allows everything',
    ],
    [
      'action that never matches',
      rule('effect: deny').replace('action: x', 'action: Data.Export'),
      'it would never match',
    ],
    [
      'glob with brackets',
      rule('effect: deny').replace('action: x', 'resource: "[ab]"'),
      '7:33: rules[0].match.resource must not contain an unescaped "["',
    ],
    [
      'second glob of a list',
      rule('effect: deny').replace('action: x', 'resource: [a, "{b}"]'),
      '7:37: rules[0].match.resource[1]',
    ],
    ['no glob in a list', rule('effect: deny').replace('action: x', 'resource: []'), 'must not be an empty list'],
    ['number as a glob', rule('effect: deny').replace('action: x', 'resource: 7'), 'must be a glob'],
    [
      'escaped hidden character',
      rule('effect: deny').replace('action: x', 'resource: "a\\u202eb"'),
      'hidden characters',
    ],
    [
      'duplicate rule id',
      `${HEAD}rules:\n  - { id: a, match: { action: x }, effect: deny }\n  - { id: a, match: { action: y }, effect: deny }\n`,
      '8:11: rules[0] has this id already',
    ],
    ['rule id with a space', rule('effect: deny').replace('id: a', 'id: "a b"'), '7:11: rules[0].id must be'],
    [
      'default of allow',
      `${HEAD}defaults: { effect: allow }\n`,
      '6:21: defaults.effect must be deny or require_approval',
    ],
    ['default asking nobody', `${HEAD}defaults: { effect: require_approval }\n`, 'needs approvals'],
    ['default deny with approvals', `${HEAD}defaults: { approvals: [{ from: sre }] }\n`, 'here it is deny'],
    [
      'limit 0',
      `${HEAD}limits: { requests_per_minute: 0 }\n`,
      '6:32: limits.requests_per_minute must be a whole number',
    ],
    ['empty section', `${HEAD}limits:\n`, 'limits is empty: it must be a mapping'],
    ['person of nothing', `${HEAD}people: [{}]\n`, '6:10: A person needs at least one id'],
    [
      'look-alike mail address',
      `${HEAD}people: [{ emails: ["аlice@example.com"] }]\n`,
      '6:21: people[0].emails[0] must be a plain ASCII mail address',
    ],
    ['step_up', rule(`${asking}, step_up: true`), '"step_up" is reserved for a later version'],
  ])('%s', (_name, text, line) => {
    const loaded = parsePolicy(text)
    expect('policy' in loaded).toBe(false)
    expect(lines(loaded)).toContain(line)
  })

  it('every problem is named in one run, in the order of the file, each once', () => {
    const text = `version: yes
slack: { chanel: C0A }
groups: { sre: { users: [bob] } }
rules:
  - { id: a, match: { action: ** }, effect: ask }
  - { id: a, match: {}, effect: require_approval, approvals: [{ from: ser, count: 0 }], when: x }
`
    const loaded = parsePolicy(text)
    const places = 'problems' in loaded ? loaded.problems.map((problem) => [problem.line, problem.column]) : []
    expect(places).toEqual([
      [1, 10],
      [2, 1],
      [2, 10],
      [3, 26],
      [5, 31],
      [5, 45],
      [6, 11],
      [6, 21],
      [6, 71],
      [6, 83],
      [6, 95],
    ])
  })

  it('an anchor bomb is refused without being unfolded', () => {
    const rows = [
      'a: &a [x, x]',
      ...Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`),
    ]
    const shown = lines(parsePolicy(`${HEAD}${rows.join('\n')}\n`))
    expect(shown).toContain('policy.yaml:6:7: Anchors are refused')
    expect(shown).toContain('Aliases are refused')
  })

  it('a value of the wrong form is never repeated: somebody may have pasted a secret into the wrong line', () => {
    const shown = lines(
      parsePolicy(`${HEAD}admins: [xoxb-123-secret]\ndefaults: { ttl: xoxb-123-secret, effect: xoxb-123-secret }\n`),
    )
    expect(shown.split('\n')).toHaveLength(3)
    expect(shown).not.toContain('xoxb')
  })
})

describe('a policy that is odd but clear', () => {
  it('is read the same with CRLF', () => {
    expect(policyFrom(rule(asking).replaceAll('\n', '\r\n')).rules).toEqual(policyFrom(rule(asking)).rules)
  })

  it('may quote the words that would be unclear', () => {
    const text = rule('effect: deny').replace('action: x', 'environment: ["no", "0777"]').replace('sre:', '"7":')
    expect(policyFrom(text).rules[0]?.match).toEqual({ environment: ['no', '0777'] })
  })

  it('may be JSON', () => {
    expect(policyFrom('{"version": 1, "slack": {"channel": "C0A"}, "issuers": []}').slack.channel).toBe('C0A')
  })

  it('spells each identity once, however it is written', () => {
    const people = '[{ emails: ["Alice+x@Example.com", alice@example.com], github: [Alice-GH], gitlab: [Al.Ice] }]'
    expect(policyFrom(`${HEAD}people: ${people}\nredact: [IBAN]\n`)).toMatchObject({
      people: [['email:alice@example.com', 'github:alice-gh', 'gitlab:al.ice']],
      redact: ['iban'],
    })
  })

  it('is warned of one account in two people, who are then one person', () => {
    const loaded = parsePolicy(`${HEAD}people:\n  - { slack: [U0A], emails: [a@b.c] }\n  - { emails: [A+x@b.c] }\n`)
    expect('policy' in loaded).toBe(true)
    expect(lines(loaded)).toBe(
      'policy.yaml:8:5: warning: "email:a@b.c" also belongs to people[0]: the two are joined into one person.',
    )
  })

  it('is warned of two rules with one match (B44)', () => {
    const loaded = parsePolicy(
      `${HEAD}rules:\n  - { id: a, match: { action: x }, effect: deny }\n  - { id: b, match: { action: x }, effect: allow }\n`,
    )
    expect('policy' in loaded).toBe(true)
    expect(lines(loaded)).toBe(
      'policy.yaml:8:21: warning: This is the match of rules[0] again: both rules always apply together.',
    )
  })

  it('may allow everything only where that is asked for, and is warned', () => {
    const text = rule('effect: allow').replace('action: x', 'action: "**"')
    expect('policy' in parsePolicy(text)).toBe(false)
    const loaded = parsePolicy(text, { allowAll: true })
    expect('policy' in loaded).toBe(true)
    expect(lines(loaded)).toContain('7:21: warning: This rule allows everything')
  })
})

it('problems are printed as editors read them', () => {
  const problem = { line: 3, column: 7, message: 'Wrong.', level: 'error' } as const
  expect(describeProblems('etc/policy.yaml', [problem, { ...problem, line: 4, level: 'warning' }])).toBe(
    'etc/policy.yaml:3:7: Wrong.\netc/policy.yaml:4:7: warning: Wrong.',
  )
})

it('a problem repeats nothing of the file that a terminal would obey or a reader not see', () => {
  const read = parsePolicy('version: 1\n"\\u009b31mevil\\u202e\\u2028": 1\n')
  if (!('problems' in read)) throw new Error('it is valid')
  const told = describeProblems('\u001b[2Jpolicy.yaml', read.problems)
  expect(told).toContain('\\u{9b}31mevil\\u{202e}\\u{2028}')
  expect(told).toContain('\\u{1b}[2Jpolicy.yaml:2:1: ')
  expect(told.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
})
