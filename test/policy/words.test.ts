import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/policy/load.ts'
import { HEAD, lines, policyFrom } from './policies.ts'

/** One rule with these fields, at line 7. */
const rule = (fields: string, head = HEAD): string => `${head}rules:\n  - { id: a, match: { action: x }, ${fields} }\n`
const asking = 'effect: require_approval, approvals: [{ from: sre }]'
const during = (window: string): string => rule(`effect: deny, during: ${window}`)
const when = (written: string): string =>
  `${HEAD}rules:\n  - id: a\n    match: { action: x }\n    effect: deny\n    when: ${written}\n`
const issuer = (fields: string): string => `${HEAD}issuers: [{ id: gh, ${fields} }]\n`
const github = 'preset: github, audience: https://c.example.com'

describe('I20 each new word, wrong, is refused with line and column:', () => {
  it.each([
    // Conditions, at the character itself.
    ['CEL that does not parse', when("'params.rows >'"), '10:25: rules[0].when cannot be used: Unexpected token'],
    [
      'CEL in double quotes',
      when('"params.a == 1 && rows > 1"'),
      '10:29: rules[0].when cannot be used: there is no rows',
    ],
    ['CEL without quotes', when('true && rows > 1'), '10:19: rules[0].when cannot be used: there is no rows'],
    [
      'CEL folded',
      when('>-\n      params.a == 1\n      && rows > 1'),
      '12:10: rules[0].when cannot be used: there is no rows',
    ],
    ['CEL as it stands', when('|\n      params.a == 1 &&\n\n      rows > 1\n'), '13:7: rules[0].when'],
    ['CEL over two plain lines', when('params.a == 1\n      && rows > 1'), '11:10: rules[0].when'],
    [
      'CEL with escapes',
      when('"\\x74rue && rows > 1"'),
      '10:11: rules[0].when cannot be used: there is no rows: known are',
    ],
    ['CEL with escapes, the character named', when('"\\x74rue && rows > 1"'), '(At its character 9.)'],
    ['CEL of another type', when('"size(reason)"'), 'its answer must be true or false'],
    [
      'CEL with an unknown field',
      when('\'context.risq == "x"\''),
      '10:20: rules[0].when cannot be used: there is no field risq: did you mean risk?',
    ],
    ['CEL with matches()', when('\'reason.matches("(a+)+$")\''), 'use re2(text, pattern)'],
    [
      'CEL, a comprehension in another',
      when("'params.a.all(x, params.b.all(y, x == y))'"),
      'all() stands around all()',
    ],
    ['CEL with a hidden character', when('"reason == \\"\\u202e\\""'), 'hidden characters'],
    ['CEL that is no text', when('true'), '10:11: rules[0].when must be a CEL expression in quotes'],
    ['CEL that is empty', when(''), 'rules[0].when is empty: it must be a CEL expression'],
    // Windows.
    [
      'an unknown day',
      during('{ days: [friday], zone: UTC }'),
      '7:67: rules[0].during.days[0] must be one of mon, tue',
    ],
    ['no days', during('{ days: [], zone: UTC }'), 'rules[0].during.days must not be an empty list'],
    ['an unquoted time', during('{ from: 16:00, zone: UTC }'), 'A time needs quotes: "16:00"'],
    [
      'a time after midnight',
      during('{ from: "24:01", zone: UTC }'),
      'rules[0].during.from must be a time of day in quotes',
    ],
    ['a time of 60 minutes', during('{ to: "16:60", zone: UTC }'), 'rules[0].during.to must be a time of day'],
    ['from and to alike', during('{ from: "16:00", to: "16:00", zone: UTC }'), 'from and to are the same'],
    ['from at the end of the day', during('{ from: "24:00", zone: UTC }'), 'from and to are the same'],
    [
      'an offset as a zone',
      during('{ days: [fri], zone: "+01:00" }'),
      'rules[0].during.zone must be a time zone of the IANA',
    ],
    ['a zone that is none', during('{ days: [fri], zone: Mars/Olympus }'), 'must be a time zone of the IANA'],
    ['no zone anywhere', during('{ days: [fri] }'), '7:58: zone is missing here and in defaults'],
    ['no zone in the second', during('[{ days: [fri], zone: UTC }, { days: [sat] }]'), '7:87: zone is missing here'],
    ['a default zone that is none', `${HEAD}defaults: { zone: CEST+1 }\n`, '6:19: defaults.zone must be a time zone'],
    ['an empty window', during('{}'), 'This window is always'],
    ['no windows', during('[]'), 'rules[0].during must not be an empty list'],
    ['a window that is none', during('weekend'), 'rules[0].during must be'],
    [
      'a day that no year has',
      during('{ dates: { from: 2026-02-30 }, zone: UTC }'),
      'rules[0].during.dates.from must be a date',
    ],
    ['dates backwards', during('{ dates: { from: 2027-01-03, to: 2026-12-20 }, zone: UTC }'), 'to is before from'],
    ['dates of nothing', during('{ dates: {}, zone: UTC }'), 'dates needs from, to or both'],
    [
      'an unknown word of a window',
      during('{ day: [fri], zone: UTC }'),
      '7:60: Unknown field "day" in rules[0].during: did you mean "days"?',
    ],
    [
      'an unknown word of the second',
      during('[{ days: [fri], zone: UTC }, { tz: UTC }]'),
      'Unknown field "tz" in rules[0].during[1]',
    ],
    // Limits.
    [
      'a limit on a deny',
      rule('effect: deny, limit: { count: 1, per: 1h }'),
      '7:50: limit belongs only to effect: allow; here it is deny',
    ],
    ['a limit where people are asked', rule(`${asking}, limit: { count: 1, per: 1h }`), 'here it is require_approval'],
    [
      'a limit with nobody beyond it',
      rule('effect: allow, limit: { count: 1, per: 1h }'),
      'A limit needs approvals: who is asked beyond it',
    ],
    [
      'a limit of nothing',
      rule('effect: allow, limit: { count: 0, per: 1h }, approvals: [{ from: sre }]'),
      'limit.count must be a whole number',
    ],
    [
      'a limit without a time',
      rule('effect: allow, limit: { count: 1 }, approvals: [{ from: sre }]'),
      'rules[0].limit.per is missing',
    ],
    [
      'a limit over 30 days',
      rule('effect: allow, limit: { count: 1, per: 31d }, approvals: [{ from: sre }]'),
      'rules[0].limit.per must be a duration',
    ],
    [
      'a limited allow of everything',
      `${HEAD}rules: [{ id: a, match: { action: "**" }, effect: allow, limit: { count: 1, per: 1h }, approvals: [{ from: sre }] }]\n`,
      'This rule allows everything',
    ],
    // What must be seen, who comes late, broken glass.
    ['must_show by name', rule(`${asking}, must_show: [rows]`), 'must_show[0] must be a JSON Pointer'],
    ['must_show of everything', rule(`${asking}, must_show: [""]`), 'must_show[0] must be a JSON Pointer'],
    ['must_show with a wrong escape', rule(`${asking}, must_show: [/a~2b]`), 'must_show[0] must be a JSON Pointer'],
    ['late_joiners in words', rule(`${asking}, late_joiners: never`), 'rules[0].late_joiners must be true or false'],
    [
      'break_glass on a deny',
      rule('effect: deny, break_glass: { from: sre }'),
      '7:50: break_glass belongs to a rule that asks people; the effect of this one is deny',
    ],
    [
      'break_glass on a free allow',
      rule('effect: allow, break_glass: { from: sre }'),
      'the effect of this one is allow',
    ],
    [
      'break_glass by nobody known',
      rule(`${asking}, break_glass: { from: ser }`),
      'There is no group "ser": did you mean "sre"?',
    ],
    ['break_glass by nobody', rule(`${asking}, break_glass: {}`), 'rules[0].break_glass.from is missing'],
    [
      'break_glass for days',
      rule(`${asking}, break_glass: { from: sre, grant_ttl: 2d }`),
      'break_glass.grant_ttl must be a duration',
    ],
    ['break_glass at the top', `${HEAD}break_glass: { from: sre }\n`, '6:1: "break_glass" belongs to a rule, not here'],
    // People.
    [
      'an unresolved requester in other words',
      `${HEAD}unresolved_requester: maybe\n`,
      '6:23: unresolved_requester must be deny or allow',
    ],
    [
      'a number that is a name',
      `${HEAD}people: [{ github_ids: [alice] }]\n`,
      '6:25: people[0].github_ids[0] must be the number of an account',
    ],
    ['a number below one', `${HEAD}people: [{ gitlab_ids: [0] }]\n`, 'people[0].gitlab_ids[0] must be the number'],
    [
      'a number that is not exact',
      `${HEAD}people: [{ github_ids: [9007199254740993] }]\n`,
      'must be the number of an account',
    ],
    [
      'a subject of nobody known',
      `${HEAD}people: [{ oidc: [{ issuer: okta, subject: s }] }]\n`,
      '6:29: There is no issuer of this id',
    ],
    [
      'a subject of an insecure issuer',
      `${HEAD}people: [{ oidc: [{ issuer: "http://idp.example.com", subject: s }] }]\n`,
      'There is no issuer of this id',
    ],
    [
      'a subject with a hidden character',
      `${HEAD}people: [{ oidc: [{ issuer: "https://i.example.com", subject: "s\\u200b" }] }]\n`,
      'people[0].oidc[0].subject must be',
    ],
    // Issuers.
    [
      'an issuer without an audience',
      issuer('preset: github, require: { repository_owner_id: 1 }'),
      'issuers[0].audience is missing',
    ],
    ['an unknown preset', issuer('preset: gitea, audience: a'), 'issuers[0].preset must be one of github, gitlab'],
    [
      'an unknown word of an issuer',
      issuer(`${github}, requires: { repository_id: 1 }`),
      'Unknown field "requires" in issuers[0]: did you mean "require"?',
    ],
    [
      'GitHub without a pin',
      issuer(github),
      '6:11: require must pin repository_id or repository_owner_id by its number',
    ],
    ['GitHub pinned by name', issuer(`${github}, require: { repository: acme/app }`), 'require must pin repository_id'],
    [
      'GitHub pinned by a name in the number',
      issuer(`${github}, require: { repository_owner_id: acme }`),
      'This must be a number',
    ],
    [
      'GitHub with a wildcard owner',
      issuer(`${github}, require: { repository_owner_id: "*" }`),
      'must be exact: claims are compared byte by byte',
    ],
    [
      'a wildcard in a claim',
      issuer(`${github}, require: { repository_id: 7, ref: "refs/heads/*" }`),
      'issuers[0].require.ref must be exact',
    ],
    [
      'a wildcard in a list',
      issuer(`${github}, require: { repository_id: 7, ref: [a, "b?"] }`),
      'issuers[0].require.ref[1] must be exact',
    ],
    [
      'a claim of nothing',
      issuer(`${github}, require: { repository_id: [] }`),
      'must not be an empty list: no token could have it',
    ],
    [
      'a claim that is true',
      issuer(`${github}, require: { repository_id: 7, x: true }`),
      'issuers[0].require.x must be a text',
    ],
    [
      'a claim judged anyway',
      issuer(`${github}, require: { repository_id: 7, aud: x }`),
      'aud is judged for every token',
    ],
    [
      'a claim with no name',
      issuer(`${github}, require: { repository_id: 7, "a b": x }`),
      'This is no name of a claim',
    ],
    [
      'GitHub tokens of people',
      issuer(`${github}, kind: person, require: { repository_id: 7 }`),
      'Tokens of github are those of a workload',
    ],
    ['GitLab without a pin', issuer('preset: gitlab, audience: a'), 'require must pin project_id or namespace_id'],
    [
      'an issuer nobody knows',
      issuer('preset: okta, audience: a, kind: person'),
      'issuer is missing: it must be the `iss` claim',
    ],
    [
      'an issuer of unknown kind',
      issuer('preset: okta, audience: a, issuer: "https://a.example.com"'),
      'kind is missing: workload',
    ],
    [
      'a workload of anybody',
      issuer('audience: a, kind: workload, issuer: "https://a.example.com"'),
      'require must pin a claim, such as sub',
    ],
    [
      'people of an issuer that anybody can join',
      issuer('audience: a, kind: person, issuer: "https://accounts.example.com"'),
      'require must pin a claim of your people, such as hd or groups',
    ],
    [
      'an insecure issuer',
      issuer('audience: a, kind: person, issuer: "http://a.example.com"'),
      'issuers[0].issuer must be the issuer exactly',
    ],
    [
      'an issuer with a query',
      issuer('audience: a, kind: person, issuer: "https://a.example.com/?x=1"'),
      'issuers[0].issuer must be',
    ],
    [
      'an issuer with a user',
      issuer('audience: a, kind: person, issuer: "https://a@b.example.com"'),
      'issuers[0].issuer must be',
    ],
    [
      'an issuer of look-alikes',
      issuer('audience: a, kind: person, issuer: "https://exаmple.com"'),
      'issuers[0].issuer must be',
    ],
    [
      'Entra for everybody',
      issuer('preset: entra, audience: a, kind: person, issuer: "https://login.microsoftonline.com/common/v2.0"'),
      'the issuer of every tenant',
    ],
    [
      'two issuers of one id',
      `${HEAD}issuers:\n${['a', 'b'].map((a) => `  - { id: gh, preset: github, audience: ${a}, require: { repository_id: 7 } }\n`).join('')}`,
      '8:11: issuers[0] has this id already',
    ],
    [
      'a scope that is none',
      issuer(`${github}, require: { repository_id: 7 }, scopes: [admin]`),
      'issuers[0].scopes[0] must be one of request',
    ],
    [
      'an owner by name',
      issuer(`${github}, require: { repository_id: 7 }, owners: [alice]`),
      'issuers[0].owners[0] must be a Slack user id',
    ],
    ['step_up', rule(`${asking}, step_up: true`), '"step_up" is reserved for a later version'],
    ['a clock of its own', rule(`${asking}, freeze: true`), 'Unknown field "freeze"'],
  ])('%s', (_name, text, line) => {
    const loaded = parsePolicy(text)
    expect('policy' in loaded).toBe(false)
    expect(lines(loaded)).toContain(line)
  })

  it('faults of several conditions and windows are told together, in the order of the file', () => {
    const loaded = parsePolicy(
      `${HEAD}rules:
  - { id: a, match: { action: x }, effect: deny, when: 'rows > 1', during: { days: [fri] } }
  - { id: b, match: { action: z }, effect: deny, when: 'params.a.matches("x")', during: [{ zone: UTC }] }
`,
    )
    const places = 'problems' in loaded ? loaded.problems.map((problem) => [problem.line, problem.column]) : []
    expect(places).toEqual([
      [7, 57],
      [7, 76],
      [8, 57],
      [8, 90],
    ])
  })
})

describe('each new word, right, means what it says:', () => {
  const one = (text: string) => policyFrom(text).rules[0]

  it('windows, with the zone of the defaults where they name none', () => {
    const head = `${HEAD}defaults: { zone: Europe/Berlin }\n`
    const text = rule(
      'effect: deny, during: [{ days: [mon, sun], from: "9:00", to: "17:30", zone: UTC }, { from: "22:00", to: "06:00", outside: true }, { days: [fri], from: "16:00" }, { dates: { from: 2026-12-20 } }, { to: "06:00" }]',
      head,
    )
    expect(one(text)?.during).toEqual([
      { days: [1, 7], hours: { from: 540, to: 1_050 }, dates: null, outside: false, zone: 'UTC' },
      { days: [], hours: { from: 1_320, to: 360 }, dates: null, outside: true, zone: 'Europe/Berlin' },
      { days: [5], hours: { from: 960, to: 1_440 }, dates: null, outside: false, zone: 'Europe/Berlin' },
      { days: [], hours: null, dates: { from: '2026-12-20', to: null }, outside: false, zone: 'Europe/Berlin' },
      { days: [], hours: { from: 0, to: 360 }, dates: null, outside: false, zone: 'Europe/Berlin' },
    ])
  })

  it('limits, late joiners, must_show and break_glass', () => {
    const limited = 'effect: allow, limit: { count: 100, per: 1h }, approvals: [{ from: data-owners }]'
    expect(
      one(rule(`${limited}, late_joiners: false, must_show: [/rows, /a~1b], break_glass: { from: sre }`)),
    ).toMatchObject({
      limit: { most: 100, perMs: 3_600_000 },
      approvals: [{ from: 'data-owners', count: 1 }],
      lateJoiners: false,
      mustShow: ['/rows', '/a~1b'],
      breakGlass: { from: 'sre', group: { users: ['U0BOB', 'U0CAROL'] }, grantTtlMs: null, self: false },
    })
    expect(one(rule(`${asking}, break_glass: { from: data-owners, grant_ttl: 2m, self: true }`))?.breakGlass).toEqual({
      from: 'data-owners',
      group: { usergroup: 'S0DATA' },
      grantTtlMs: 120_000,
      self: true,
    })
  })

  it('a condition, wherever it is written', () => {
    expect(one(when('>-\n      params.rows\n      > 1000'))?.when).toMatchObject({
      source: 'params.rows > 1000',
      reads: ['/rows'],
    })
  })

  it('an allow of every action is none of everything where a condition narrows it', () => {
    const text = `${HEAD}rules: [{ id: a, match: { action: "**" }, effect: allow, when: 'action.endsWith(".read")' }]\n`
    expect(lines(parsePolicy(text))).toBe('')
  })

  it('a fixed list takes no late joiners, whatever is written, and that is said', () => {
    const loaded = parsePolicy(rule(`${asking}, late_joiners: true`))
    expect('policy' in loaded).toBe(true)
    expect(lines(loaded)).toContain('warning: sre is a fixed list')
    expect(lines(parsePolicy(rule(`${asking.replace('sre', 'data-owners')}, late_joiners: true`)))).toBe('')
  })

  it('two rules with one match are warned of only where their conditions and windows are one as well', () => {
    const two = (a: string, b: string): string =>
      `${HEAD}rules:\n${[a, b].map((more, i) => `  - { id: r${i}, match: { action: x }, effect: deny${more} }\n`).join('')}`
    expect(lines(parsePolicy(two(', when: "params.a == 1"', ', when: "params.a == 1"')))).toContain('match of rules[0]')
    expect(lines(parsePolicy(two(', when: "params.a == 1"', '')))).toBe('')
    expect(
      lines(parsePolicy(two(', during: { days: [fri], zone: UTC }', ', during: { days: [sat], zone: UTC }'))),
    ).toBe('')
  })

  it('every account of one human', () => {
    const text = `${HEAD}people:
  - slack: [U0ALICE, W0ALICE]
    github_ids: [583231, "9007199254740993"]
    gitlab_ids: [7]
    oidc: [{ issuer: okta, subject: 00u1 }, { issuer: gh, subject: s }, { issuer: "https://other.example.com", subject: x }]
issuers:
  - { id: okta, preset: okta, kind: person, issuer: "https://a.okta.com", audience: a }
  - { id: gh, preset: github, audience: a, require: { repository_id: 7 } }
`
    expect(policyFrom(text).people).toEqual([
      [
        'slack:U0ALICE',
        'slack:W0ALICE',
        'github_id:583231',
        'github_id:9007199254740993',
        'gitlab_id:7',
        'oidc:https://a.okta.com|00u1',
        'oidc:https://token.actions.githubusercontent.com|s',
        'oidc:https://other.example.com|x',
      ],
    ])
    expect(policyFrom(HEAD).unresolvedRequester).toBe('deny')
    expect(policyFrom(`${HEAD}unresolved_requester: allow\n`).unresolvedRequester).toBe('allow')
  })

  it('issuers, with what their presets know', () => {
    const text = `${HEAD}issuers:
  - { id: gh, ${github}, require: { repository_owner_id: 9919, environment: [production, staging] }, actions: ["deploy.*"], owners: [U0A] }
  - { id: local, kind: person, issuer: "http://127.0.0.1:8080/realm", audience: a, require: { hd: example.com }, scopes: [request, "read:all"], act_for: true }
`
    expect(policyFrom(text).issuers).toEqual([
      {
        id: 'gh',
        issuer: 'https://token.actions.githubusercontent.com',
        audience: 'https://c.example.com',
        preset: 'github',
        kind: 'workload',
        require: { repository_owner_id: ['9919'], environment: ['production', 'staging'] },
        scopes: ['request'],
        actFor: false,
        actions: ['deploy.*'],
        environments: null,
        owners: ['U0A'],
      },
      {
        id: 'local',
        issuer: 'http://127.0.0.1:8080/realm',
        audience: 'a',
        preset: 'oidc',
        kind: 'person',
        require: { hd: ['example.com'] },
        scopes: ['request', 'read:all'],
        actFor: true,
        actions: null,
        environments: null,
        owners: [],
      },
    ])
  })
})
