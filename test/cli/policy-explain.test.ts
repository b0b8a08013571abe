import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { openScene, type Scene } from '../house.ts'
import { approve, cardOf } from '../people.ts'
import { run } from './run.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene('socket', { policy: POLICY })
})
afterAll(() => scene.close())

const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
groups:
  data-owners: { usergroup: S0DATA }
  sre: { users: [U0DAVE, U0ALICE] }
people: [{ slack: [U0ALICE], emails: [alice@example.com] }]
rules:
  - id: exports
    match: { action: data.export }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
  - { id: restarts, match: { action: app.restart }, effect: require_approval, approvals: [{ from: sre }] }
  - { id: reads, match: { action: data.read }, effect: allow }
`

const env = () => ({
  DATABASE_URL: `file:${scene.place.databaseFile}`,
  SLACK_BOT_TOKEN: scene.slack.botToken,
  SLACK_APP_TOKEN: scene.slack.appToken,
  SLACK_API_URL: scene.slack.apiUrl,
  POLICY_FILE: scene.place.policyFile,
  SIGNING_KEY_FILE: scene.place.signingKeyFile,
})

const policy = (...words: readonly string[]) => run(['policy', ...words], scene.place.directory, env())
const json = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await policy(...words, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

describe('policy explain', () => {
  const explain = (...words: string[]) => json('explain', scene.place.policyFile, ...words)

  it('names who could approve now, as Slack has them, and who never can', async () => {
    const answer = await explain('--action', 'app.restart', '--owner', 'U0BOB', '--on-behalf-of', 'alice@example.com')
    expect(answer).toMatchObject({
      effect: 'require_approval',
      summary: 'Needs 1 from sre, by restarts.',
      could_be_filled: true,
      approvers: [
        { slack_user_id: 'U0DAVE', could_approve: true, groups: ['sre'] },
        { slack_user_id: 'U0ALICE', could_approve: false, because: expect.stringContaining('stands behind the ask') },
      ],
    })
    expect(answer.approvers[0].name).toMatch(/dave/i)
    const { stdout } = await policy('explain', scene.place.policyFile, '--action', 'data.export', '--owner', 'U0BOB')
    expect(stdout).toMatch(/The seats cannot be filled/)
    expect(stdout).toMatch(/Who could approve:\n {2}carol \(U0CAROL\), data-owners\n/i)
    expect(stdout).toMatch(
      /Who cannot:\n {2}bob \(U0BOB\), data-owners: stands behind the ask: slack:U0BOB owns the client\n/i,
    )
  })

  it('shows a name of Slack’s on one line, and nothing in it that a terminal would obey', async () => {
    scene.slack.setUser('U0DAVE', { profile: { display_name: 'dave\u001b[2J\u009b1m\u202e\nroot (U0ROOT), sre' } })
    try {
      const { stdout } = await policy('explain', scene.place.policyFile, '--action', 'app.restart', '--owner', 'U0BOB')
      expect(stdout).toContain(String.raw`  dave\u{1b}[2J\u{9b}1m\u{202e}\u{a}root (U0ROOT), sre (U0DAVE), sre`)
      for (const line of stdout.split('\n')) expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    } finally {
      scene.slack.setUser('U0DAVE', { profile: { display_name: 'dave' } })
    }
  })

  it('keeps to ids where Slack is not to be asked', async () => {
    const answer = await explain('--action', 'data.export', '--no-slack')
    expect(answer).toMatchObject({ groups_not_read: ['data-owners'], could_be_filled: null, approvers: [] })
  })

  it('takes the client from the database, and the whole ask from a file', async () => {
    const [client] = await scene.house().service.reads.clients()
    const ask = { action: 'app.restart', params: { password: 'hunter2-hunter2' }, reason: 'because' }
    writeFileSync(join(scene.place.directory, 'ask.json'), JSON.stringify(ask))
    const answer = await explain('--ask', 'ask.json', '--as-client', client?.id ?? '', '--param', 'n=[1]')
    expect(answer.behind[0]).toEqual({ identity: 'slack:U0ALICE', because: 'owns the client pipeline' })
    expect(answer.ask.params).toEqual({ password: '[masked]', n: [1] })
  })

  it('explains a request of the database by what was pinned and by the file, with who has spoken', async () => {
    const { body: asked } = await scene.api.ask({ action: 'data.export' })
    await approve(scene.slack, 'U0BOB', await cardOf(scene.slack, 'C0APPROVALS', asked.id))
    await eventually(async () => (await scene.api.get(asked.id)).body.decisions.length === 1, 'the yes')
    writeFileSync(join(scene.place.directory, 'loose.yaml'), POLICY.replace('count: 2', 'count: 1'))
    const answer = await json('explain', 'loose.yaml', '--request', asked.id)
    expect(answer).toMatchObject({
      requirements: [{ from: 'data-owners', count: 1 }],
      needed_now: [{ from: 'data-owners', count: 2 }],
      could_be_filled: true,
      request: { id: asked.id, status: 'pending', requirements: [{ from: 'data-owners', count: 2 }] },
      approvers: [
        { slack_user_id: 'U0BOB', could_approve: false, because: 'has approved already' },
        { slack_user_id: 'U0CAROL', could_approve: true },
      ],
    })
  })

  it.each([
    [[], /^error\[usage\]: say either an ask or a request/],
    [['--action', 'data.export', '--request', 'req_1'], /^error\[usage\]/],
    [['--action', 'Data'], /^error\[ask_invalid\][\s\S]*action must be dotted lower-case words/],
    [['--action', 'a.b', '--at', 'tomorrow'], /^error\[at_invalid\]/],
    [['--action', 'a.b', '--param', 'x'], /^error\[param_invalid\]/],
    [['--action', 'a.b', '--params', 'none.json'], /^error\[file_unreadable\]/],
    [['--action', 'a.b', '--owner', '@alice'], /^error\[user_id_invalid\]/],
    [['--action', 'a.b', '--as-client', 'nobody'], /^error\[not_found\]/],
    [['--request', 'req_1'], /^error\[not_found\]/],
  ])('%j is told what is wrong', async (words, message) => {
    const { code, stderr } = await policy('explain', scene.place.policyFile, ...words)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
