import { describe, expect, test } from 'vitest'
import { changedParts, policyDiff } from '../../src/policy/diff.ts'
import { policyLoaded } from '../../src/policy/evidence.ts'
import { HEAD, policyFrom } from './policies.ts'

const AUDITED = HEAD.replace('C0APPROVALS', 'C0APPROVALS, audit_channel: C0AUDIT')
const RULE =
  '  - { id: exports, match: { action: data.export }, effect: require_approval, approvals: [{ from: sre }] }\n'
const BEFORE = policyFrom(`${AUDITED}rules:\n${RULE}`)

describe('a changed policy', () => {
  test('is told in the audit channel, with what changed and the diff', () => {
    const after = policyFrom(BEFORE.text.replace('from: sre', 'from: sre, count: 2'))
    const { outbox, audit } = policyLoaded(after, BEFORE, 7)
    expect(audit).toEqual([
      expect.objectContaining({ type: 'policy.loaded', body: { digest: after.digest, text: after.text } }),
    ])
    expect(outbox).toMatchObject([{ kind: 'alarm', channel: 'C0AUDIT' }])
    const text = outbox?.[0]?.kind === 'alarm' ? outbox[0].text : ''
    expect(text.split('\n')).toEqual([
      `The policy was changed: ${BEFORE.digest.slice(0, 19)} is replaced by ${after.digest.slice(0, 19)}.`,
      'That is: changed rules exports.',
      '@@ -5,3 +5,3 @@',
      '   sre: { users: [U0BOB, U0CAROL] }',
      ' rules:',
      '-  - { id: exports, match: { action: data.export }, effect: require_approval, approvals: [{ from: sre }] }',
      '+  - { id: exports, match: { action: data.export }, effect: require_approval, approvals: [{ from: sre, count: 2 }] }',
      `The whole text: countersign policy show ${after.digest}`,
    ])
  })

  test('that takes the audit channel away, or names another, is told in the one of before', () => {
    const channels = (text: string) => policyLoaded(policyFrom(text), BEFORE, 7).outbox?.map(({ channel }) => channel)
    expect(channels(`${HEAD}rules:\n${RULE}`)).toEqual(['C0AUDIT'])
    expect(channels(BEFORE.text.replace('C0AUDIT', 'C0OTHER'))).toEqual(['C0OTHER', 'C0AUDIT'])
  })

  test('that means the same, or is the first one, wakes nobody', () => {
    expect(policyLoaded(policyFrom(`# a comment\n${BEFORE.text}`), BEFORE, 7).outbox).toEqual([])
    expect(policyLoaded(BEFORE, null, 7).outbox).toEqual([])
  })

  test('is compared as text where the one before is no policy to this version any more', () => {
    const { outbox } = policyLoaded(BEFORE, { digest: 'sha256:0', text: 'version: 0\n' }, 7)
    expect(outbox).toMatchObject([{ channel: 'C0AUDIT', text: expect.stringContaining('-version: 0') as string }])
  })
})

test('the parts that changed are named, each by what it means', () => {
  const after = policyFrom(
    `${AUDITED.replace('U0CAROL', 'U0DAVE')}admins: [U0MALLORY]
people: [{ slack: [U0ALICE] }]
defaults: { ttl: 2h }
redact: [iban]
rules:
  - { id: fresh, match: { action: a.b }, when: "params.x > 1", effect: deny }
`,
  )
  expect(changedParts(BEFORE, after)).toEqual([
    'new rules fresh',
    'removed rules exports',
    'changed admins',
    'changed groups',
    'changed people',
    'changed defaults',
    'changed redact',
  ])
  const other = policyFrom(after.text.replace('x > 1', 'x > 2'))
  expect(changedParts(after, other)).toEqual(['changed rules fresh'])
  expect(changedParts(after, policyFrom(`# comment\n${after.text}`))).toEqual([])
})

describe('a diff', () => {
  test('is cut at whole lines and says what is left out', () => {
    const many = Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n')
    const cut = policyDiff('', many)
    expect(cut.length).toBeLessThan(2_100)
    expect(cut).toMatch(/\n\(… and \d+ more lines\)$/)
    const shown = cut.split('\n').filter((line) => line.startsWith('+')).length
    expect(cut).toContain(`and ${500 - shown} more`)
  })

  test('of two files without a line in common is not worked out to the end', () => {
    const lines = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`).join('\n')
    expect(policyDiff(lines('a'), lines('b'))).toBe('(more is changed than can be shown)')
  })

  test('of two files as large as a policy may be is given up on before it holds anybody up', () => {
    const lines = (count: number, line: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => line(i)).join('\n')
    const [count, gaveUp] = [90_000, '(more is changed than can be shown)']
    expect(
      policyDiff(
        lines(count, (i) => `- ${i % 7}`),
        lines(count, (i) => `- ${(i * 5) % 7}`),
      ),
    ).toBe(gaveUp)
    const scattered = (mark: string) => lines(count, (i) => (i % 50 ? '# same' : `# ${mark}${i}`))
    expect(policyDiff(scattered(''), scattered('x'))).toBe(gaveUp)
    const blank = '\n'.repeat(4 * 1024 * 1024)
    expect(policyDiff(blank, `${blank.slice(2)}x`)).toBe('(more lines than can be compared)')
  })

  test('of one endless line says at least that there is one', () => {
    expect(policyDiff('a\n', `${'b'.repeat(5_000)}\n`)).toBe('@@ -1,1 +1,1 @@\n-a\n(… and 1 more line)')
  })
})
