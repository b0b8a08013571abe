import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { type LocalIssuer, startIssuer } from '../oidc/issuer.ts'
import { newDirectory, run } from './run.ts'

const EXAMPLE = readFileSync(fileURLToPath(new URL('../../policy.example.yaml', import.meta.url)), 'utf8')

let slack: Sandbox
let directory: string
beforeEach(async () => {
  slack = await startSandbox()
  directory = newDirectory()
  writeFileSync(join(directory, 'policy.yaml'), EXAMPLE)
})
afterEach(() => slack.stop())

interface Check {
  readonly name: string
  readonly state: string
  readonly detail: string
  readonly mend?: string
}

async function doctor(more: Record<string, string> = {}) {
  const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl, ...more }
  const { code, stdout } = await run(['doctor', '--json'], directory, env)
  const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] }
  expect(healthy).toBe(code === 0)
  for (const check of checks) expect(check.state === 'ok').toBe(check.mend === undefined)
  return { code, checks, wrong: checks.filter(({ state }) => state === 'failed') }
}

describe('doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { code, checks, wrong } = await doctor()
    expect(wrong).toEqual([])
    expect(code).toBe(0)
    const names = checks.map(({ name }) => name).join('\n')
    for (const name of ['Node.js', 'policy', 'database', 'disk space', 'file system', 'clock', 'bot token', 'scopes']) {
      expect(names).toContain(name)
    }
    for (const name of ['app token', 'C0APPROVALS', 'C0AUDIT', 'C0PROD', 'S0DATA']) expect(names).toContain(name)
  })

  it('for people, it says how to mend what is wrong', async () => {
    slack.revokeTokens()
    const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl }
    const { code, stdout } = await run(['doctor'], directory, env)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAILED {2}bot token: Slack says token_revoked\n +mend: /m)
  })

  it('looks at an existing database', async () => {
    await run(['clients', 'create', 'x', '--owner', 'U0ALICE'], directory)
    const { checks } = await doctor()
    expect(checks.find(({ name }) => name === 'database')?.detail).toContain('1 audit entries')
  })

  it.each<[string, (sandbox: Sandbox) => void, string, RegExp]>([
    [
      'a channel that the bot is not in',
      (s) => s.setChannel('C0PROD', { is_member: false }),
      'channel C0PROD',
      /not in it/,
    ],
    ['an archived channel', (s) => s.setChannel('C0PROD', { is_archived: true }), 'channel C0PROD', /archived/],
    [
      'a shared channel',
      (s) => s.setChannel('C0PROD', { is_ext_shared: true }),
      'channel C0PROD',
      /another organisation/,
    ],
    ['an empty group', (s) => s.setGroup('S0DATA', { users: [] }), 'group data-owners', /empty/],
    ['an approver who has left', (s) => s.setUser('U0BOB', { deleted: true }), 'person U0BOB', /deactivated/],
  ])('sees %s', async (_, spoil, name, words) => {
    spoil(slack)
    const { code, wrong } = await doctor()
    expect(code).toBe(1)
    expect(wrong).toHaveLength(1)
    expect(wrong[0]?.name).toContain(name)
    expect(wrong[0]?.detail).toMatch(words)
  })

  it('sees people who are not there', async () => {
    writeFileSync(join(directory, 'policy.yaml'), EXAMPLE.replace('[U0BOB, U0CAROL]', '[U0BOB, U0NOBODY]'))
    const { wrong } = await doctor()
    expect(wrong).toMatchObject([{ name: 'person U0NOBODY', detail: 'Slack says user_not_found' }])
  })

  it('sees channels and groups that are not there', async () => {
    writeFileSync(join(directory, 'policy.yaml'), EXAMPLE.replace('C0PROD', 'C0NOWHERE').replace('S0DATA', 'S0NOBODY'))
    const { wrong } = await doctor()
    expect(wrong.map(({ name }) => name)).toEqual(['channel C0NOWHERE', 'group data-owners (S0NOBODY)'])
  })

  it('looks up a channel that the policy calls by name, as the server will', async () => {
    writeFileSync(join(directory, 'policy.yaml'), EXAMPLE.replace('C0APPROVALS', '"#approvals"'))
    const { checks, wrong } = await doctor()
    expect(wrong).toEqual([])
    expect(checks.find(({ state }) => state === 'warning')).toMatchObject({
      name: 'channel #approvals',
      detail: expect.stringContaining('C0APPROVALS') as string,
    })
    slack.setChannel('C0APPROVALS', { is_member: false })
    expect((await doctor()).wrong.map(({ detail }) => detail)).toEqual(['the bot is not in it'])
    slack.setChannel('C0APPROVALS', { name: 'elsewhere' })
    expect((await doctor()).wrong.map(({ name }) => name)).toEqual(['channel #approvals'])
  })

  it('reads every issuer of tokens as the server will: who it is, and where its keys are', async () => {
    const issuers = await Promise.all([1, 2, 3, 4].map(() => startIssuer()))
    const [good, liar, elsewhere, placed] = issuers as [LocalIssuer, LocalIssuer, LocalIssuer, LocalIssuer]
    liar.fault = 'names_another_issuer'
    elsewhere.fault = 'keys_elsewhere'
    placed.fault = 'keys_elsewhere'
    const entry = (id: string, { url }: LocalIssuer, more = '') =>
      `  - { id: ${id}, issuer: "${url}", audience: c, kind: workload, require: { sub: x }, owners: [U0ALICE]${more} }`
    const text = `${EXAMPLE}\nissuers:\n${[
      entry('good', good),
      entry('same', good),
      entry('liar', liar),
      entry('elsewhere', elsewhere),
      entry('placed', placed, `, jwks_uri: "${placed.url}/keys"`),
      '  - { id: nobody, issuer: "http://127.0.0.1:9", audience: c, kind: workload, require: { sub: x }, owners: [U0ALICE] }',
    ].join('\n')}\n`
    writeFileSync(join(directory, 'policy.yaml'), text)
    const { code, checks } = await doctor({ OIDC_ALLOW_HTTP_LOOPBACK: 'true' })
    const seen = checks.filter(({ name }) => name.startsWith('issuer '))
    expect(seen.map(({ name, state }) => [name, state])).toEqual([
      ['issuer good, same', 'ok'],
      ['issuer liar', 'failed'],
      ['issuer elsewhere', 'failed'],
      ['issuer placed', 'ok'],
      ['issuer nobody', 'failed'],
    ])
    expect(seen.map(({ detail }) => detail).join('\n')).toMatch(
      /publishes 1 key\n.*of another issuer\n.*name it as jwks_uri.*\n.*publishes 1 key\n.*cannot be reached/,
    )
    expect(code).toBe(1)
    // Over plain http nobody is asked unless the development setting is there.
    const strict = await doctor()
    expect(strict.checks.filter(({ name, state }) => name.startsWith('issuer ') && state === 'ok')).toEqual([])
    await Promise.all(issuers.map((issuer) => issuer.close()))
  })

  it('sees a missing scope', async () => {
    await slack.stop()
    slack = await startSandbox({ seed: { scopes: ['chat:write', 'commands', 'users:read'] } })
    const { wrong } = await doctor()
    expect(wrong.find(({ name }) => name === 'scopes')?.detail).toContain('usergroups:read')
  })

  it('sees wrong tokens, and never shows them', async () => {
    const { wrong, checks } = await doctor({
      SLACK_BOT_TOKEN: 'xoxb-not-the-right-one',
      SLACK_APP_TOKEN: 'xapp-not-the-right-one',
    })
    expect(wrong.map(({ name }) => name)).toEqual(['bot token', 'app token'])
    expect(JSON.stringify(checks)).not.toContain('not-the-right-one')
  })

  it('sees that Slack cannot be reached', async () => {
    const { wrong } = await doctor({ SLACK_API_URL: 'http://127.0.0.1:9/api/' })
    expect(wrong.map(({ name }) => name)).toEqual(['bot token', 'app token'])
  })

  it('sees wrong settings and a wrong policy together', async () => {
    writeFileSync(join(directory, 'policy.yaml'), 'version: 1\nrules: 7\n')
    const { code, wrong } = await doctor({ PORT: 'abc' })
    expect(code).toBe(1)
    expect(wrong.map(({ name }) => name)).toContain('PORT')
    expect(wrong.map(({ name }) => name)).toContain('policy')
  })
})
