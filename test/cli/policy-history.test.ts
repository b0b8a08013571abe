import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { openScene, type Scene } from '../house.ts'
import { approve, cardOf } from '../people.ts'
import { newDirectory, run } from './run.ts'

/** What a policy was and did, out of the database of a server that runs beside. */

let scene: Scene
beforeEach(async () => {
  scene = await openScene('socket', { policy: POLICY })
})
afterEach(() => scene.close())

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

/** A changed file, once it is in force. */
async function change(from: string, to: string): Promise<string> {
  const before = scene.place.logs.length
  writeFileSync(scene.place.policyFile, readFileSync(scene.place.policyFile, 'utf8').replace(from, to))
  await eventually(
    async () => scene.place.logs.slice(before).some((line) => line.includes('was changed')),
    'the change',
  )
  return eventually(async () => {
    const [newest] = await scene.house().service.reads.policyVersions(1)
    return newest?.text.includes(to) ? newest.digest : null
  }, 'its evidence')
}

const audited = (text: string) =>
  scene.slack.until(() => scene.slack.messages('C0AUDIT').find((each) => each.text.includes(text)), text)

describe('versions', () => {
  it('every policy that was in force is listed, and its text comes out as it was, comments and all', async () => {
    const [first] = await json('history')
    const second = await change('count: 2 }]', 'count: 1 }] # one is enough')
    await scene.restart()
    expect((await json('history')).map(({ digest }: { digest: string }) => digest)).toEqual([second, first.digest])
    expect((await policy('show', first.digest)).stdout).toBe(POLICY)
    expect((await policy('show', second.slice(7, 19))).stdout).toBe(readFileSync(scene.place.policyFile, 'utf8'))
    expect(await json('show', second)).toMatchObject({ digest: second, text: expect.stringContaining('one is enough') })
    expect((await policy('history', '--limit', '1')).stdout).toMatch(new RegExp(`^\\S+Z {2}${second}\\n\\n`))
  })

  it('a digest that is none, or was never in force, is told so', async () => {
    expect(await policy('show', 'sha256:0000000000')).toMatchObject({ code: 2, stderr: /^error\[not_found\]/ })
    expect(await policy('show', 'newest')).toMatchObject({ code: 2, stderr: /^error\[digest_invalid\]/ })
    expect(await policy('history', '--limit', '0')).toMatchObject({ code: 2, stderr: /^error\[limit_invalid\]/ })
  })

  it('a change is told in the audit channel with its diff, escaped, also one made while nobody served', async () => {
    const digest = await change('effect: allow }', 'effect: deny } # <!channel> & <b>')
    const { text } = await audited('The policy was changed')
    expect(text).toContain('changed rules reads')
    expect(text).toContain('-  - { id: reads, match: { action: data.read }, effect: allow }')
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;b&gt;')
    expect(text).toContain(`countersign policy show ${digest}`)
    await scene.restart(() => {
      writeFileSync(scene.place.policyFile, POLICY.replace('count: 2', 'count: 1'))
    })
    expect((await audited('changed rules exports')).text).toContain('+    approvals: [{ from: data-owners, count: 1 }]')
    await scene.restart()
    const told = scene.slack.messages('C0AUDIT').filter((each) => each.text.includes('The policy was changed'))
    expect(told).toHaveLength(2)
  })
})

describe('policy replay', () => {
  it('tells what another policy would have decided, and writes nothing', async () => {
    const { body: asked } = await scene.api.ask({ action: 'data.export', resource: 's3://a', params: { rows: 5 } })
    await scene.api.ask({ action: 'data.read' })
    await scene.api.ask({ action: 'data.unknown' })
    await approve(scene.slack, 'U0BOB', await cardOf(scene.slack, 'C0APPROVALS', asked.id))
    await scene.api.cancel(asked.id)
    writeFileSync(join(scene.place.directory, 'new.yaml'), POLICY.replace('count: 2', 'count: 1'))
    const { size } = await scene.house().service.reads.head()
    const same = await json('replay', scene.place.policyFile)
    expect(same).toMatchObject({ asks: 3, unchanged: 3, unknown: 0, otherwise: 0, changes: [] })
    expect(await json('replay', 'new.yaml', '--since', '1h')).toMatchObject({
      asks: 3,
      unchanged: 2,
      otherwise: 1,
      looser: 1,
      changes: [
        {
          request_id: asked.id,
          action: 'data.export',
          ended: 'cancelled',
          direction: 'looser',
          differs: ['approvals: 2 from data-owners → 1 from data-owners'],
        },
      ],
    })
    const { stdout } = await policy('replay', 'new.yaml')
    expect(stdout).toMatch(/^3 asks: 2 as before, 1 decided otherwise, 0 on other terms\n1 would pass with less/)
    expect(stdout).toContain(`${asked.id} `)
    expect((await scene.house().service.reads.head()).size).toBe(size)
  })
})

it('without a database nothing is made: the commands say that there is none', async () => {
  const directory = newDirectory()
  for (const words of [['history'], ['show', '00000000'], ['replay', scene.place.policyFile]]) {
    const { code, stderr } = await run(['policy', ...words], directory)
    expect([code, stderr]).toEqual([3, expect.stringContaining('there is no database') as string])
  }
  expect(existsSync(join(directory, 'data'))).toBe(false)
})
