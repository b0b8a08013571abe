import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { newDirectory, run } from './run.ts'

const EXAMPLE = fileURLToPath(new URL('../../policy.example.yaml', import.meta.url))

function withPolicy(text: string): string {
  const directory = newDirectory()
  writeFileSync(join(directory, 'policy.yaml'), text)
  return directory
}

describe('policy check', () => {
  it('the example policy is valid, and nothing in it is doubtful', async () => {
    const { code, stdout } = await run(['policy', 'check', EXAMPLE, '--strict'], newDirectory())
    expect(stdout).toMatch(/^\S+: valid, \d+ rules, sha256:[0-9a-f]{64}\n$/)
    expect(code).toBe(0)
  })

  it('every error is told with its place', async () => {
    const directory = withPolicy(
      readFileSync(EXAMPLE, 'utf8').replace('count: 2', 'count: 0').replace('deny_count', 'deny_cuont'),
    )
    const { code, stdout } = await run(['policy', 'check', 'policy.yaml'], directory)
    expect(code).toBe(2)
    const lines = stdout.trim().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const line of lines) expect(line).toMatch(/^policy\.yaml:\d+:\d+: /)
    expect(stdout).toContain('deny_count')
  })

  it('with --json every error is an object', async () => {
    const directory = withPolicy('version: 2\n')
    const { code, stdout } = await run(['policy', 'check', 'policy.yaml', '--json'], directory)
    expect(code).toBe(2)
    const answer = JSON.parse(stdout)
    expect(answer).toMatchObject({ valid: false, digest: null, warnings: [] })
    expect(answer.errors[0]).toMatchObject({ file: 'policy.yaml', line: 1, level: 'error' })
  })

  it('a file that is not there is no valid policy', async () => {
    const { code, stdout } = await run(['policy', 'check', 'none.yaml'], newDirectory())
    expect(code).toBe(2)
    expect(stdout).toMatch(/^none\.yaml:1:1: There is no such file/)
  })

  it('what is probably not meant is a warning: exit 0, and 2 with --strict', async () => {
    const directory = withPolicy(`version: 1
slack: { channel: C0APPROVALS }
rules:
  - { id: all, match: { action: "data.*" }, effect: deny }
  - { id: free, match: { action: data.read }, effect: allow }
`)
    const { code, stdout } = await run(['policy', 'check', 'policy.yaml'], directory)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^policy\.yaml:5:11: warning: This rule never matters: .*"all" denies\.\npolicy\.yaml: valid/,
    )
    expect((await run(['policy', 'check', 'policy.yaml', '--strict'], directory)).code).toBe(2)
    const json = await run(['policy', 'check', 'policy.yaml', '--json'], directory)
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: true, errors: [], warnings: [{ line: 5, column: 11 }] })
  })

  it('a rule that allows everything is an error, and a warning to whoever says that she knows', async () => {
    const directory = withPolicy(`version: 1
slack: { channel: C0APPROVALS }
rules: [{ id: all, match: { action: "**" }, effect: allow }]
`)
    expect((await run(['policy', 'check', 'policy.yaml'], directory)).code).toBe(2)
    const { code, stdout } = await run(['policy', 'check', 'policy.yaml', '--i-know'], directory)
    expect(code).toBe(0)
    expect(stdout).toContain('warning: This rule allows everything')
  })
})

describe('policy check, asking Slack', () => {
  let slack: Sandbox | null = null
  afterEach(() => slack?.stop())

  const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0NOWHERE }
groups:
  data: { usergroup: S0DATA }
  sec: { usergroup: S0SEC }
  gone: { usergroup: S0NOBODY }
rules:
  - { id: exports, match: { action: a.b }, effect: require_approval, approvals: [{ from: data, count: 3 }] }
  - { id: others, match: { action: c.d }, effect: require_approval, approvals: [{ from: sec }, { from: gone }] }
`
  const env = (more: Record<string, string> = {}) => ({
    SLACK_BOT_TOKEN: slack?.botToken ?? '',
    SLACK_APP_TOKEN: slack?.appToken ?? '',
    SLACK_API_URL: slack?.apiUrl ?? '',
    ...more,
  })

  it('tells of channels and groups that are not there, of empty ones and of such as are too small', async () => {
    slack = await startSandbox()
    slack.setGroup('S0SEC', { users: [] })
    const { code, stdout } = await run(['policy', 'check', 'policy.yaml'], withPolicy(POLICY), env())
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^policy\.yaml:2:\d+: warning: C0NOWHERE: Slack says channel_not_found\. Correct the id/),
      expect.stringMatching(/^policy\.yaml:5:\d+: warning: This user group is empty in Slack/),
      expect.stringMatching(/^policy\.yaml:6:\d+: warning: S0NOBODY: Slack says no_such_subteam/),
      expect.stringMatching(/^policy\.yaml:8:\d+: warning: count is 3, but data has only 2 in Slack/),
      expect.stringMatching(/: valid, 2 rules/),
    ])
  })

  it('tells how many people each rule will notify', async () => {
    slack = await startSandbox()
    const seventy = Array.from({ length: 70 }, (_, i) => `U0P${i}`)
    for (const id of seventy) slack.addUser({ id, name: id.toLowerCase() })
    slack.setGroup('S0DATA', { users: seventy })
    const { stdout } = await run(['policy', 'check', 'policy.yaml', '--json'], withPolicy(POLICY), env())
    const answer = JSON.parse(stdout)
    expect(answer.notifies).toEqual([
      { rule: 'exports', people: 70 },
      { rule: 'others', people: null },
    ])
    expect(answer.warnings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('notify 70 people') }),
    )
  })

  it('keeps to the file where nobody insists and Slack does not answer, and fails where somebody does', async () => {
    slack = null
    const away = env({
      SLACK_BOT_TOKEN: 'xoxb-not-the-right-one',
      SLACK_APP_TOKEN: 'xapp-not-the-right-one',
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
    })
    const directory = withPolicy(POLICY)
    const quiet = await run(['policy', 'check', 'policy.yaml'], directory, away)
    expect(quiet).toMatchObject({ code: 0, stderr: expect.stringContaining('note: Slack was not asked') as string })
    expect(quiet.stdout).toMatch(/^policy\.yaml: valid/)
    expect((await run(['policy', 'check', 'policy.yaml', '--no-slack'], directory, away)).stderr).toBe('')
    const insisting = await run(['policy', 'check', 'policy.yaml', '--slack'], directory, away)
    expect(insisting).toMatchObject({
      code: 20,
      stderr: expect.stringMatching(/^error\[slack_unavailable\]/) as string,
    })
    const without = await run(['policy', 'check', 'policy.yaml', '--slack'], directory)
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('SLACK_BOT_TOKEN') as string })
  })
})
