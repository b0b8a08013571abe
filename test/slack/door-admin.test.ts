import { afterEach, describe, expect, it } from 'vitest'
import { SYSTEM } from '../../src/approval/change.ts'
import { policyReloadFailed } from '../../src/policy/evidence.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { asking, MODES, POLICY, type Stage, stage } from './door.ts'

describe.each(MODES)('an admin over %s reads', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string, channel?: string) => asking(on, userId, text, channel)

  it('what ended lately, the latest end first', async () => {
    on = await stage(mode)
    const older = await on.askAndPost()
    const younger = await on.askAndPost()
    const open = await on.ask()
    await on.sandbox.as('U0BOB').click(younger.card.channel, younger.card.ts, ACTION.approve)
    await on.sandbox.as('U0BOB').click(older.card.channel, older.card.ts, ACTION.approve)
    const said = await answer('U0ADMIN', 'history')
    expect(said.indexOf(older.request.id)).toBeGreaterThan(0)
    expect(said.indexOf(older.request.id)).toBeLessThan(said.indexOf(younger.request.id))
    expect(said).not.toContain(open.id)
  })

  it('the policy in force, each rule in a line, and the last file that was not taken', async () => {
    on = await stage(mode)
    const said = await answer('U0ADMIN', 'policy')
    const digest = policyFrom(POLICY).digest
    for (const words of [digest, 'two: ', '2 from data-owners', 'action two.*', 'break-glass: on-call', '<@U0ADMIN>']) {
      expect(said).toContain(words)
    }
    const problem = 'policy.yaml:3:1: <!channel> `x` is no group'
    await on.service.record(policyReloadFailed([problem], policyFrom(POLICY), Date.now()))
    const after = await answer('U0ADMIN', 'policy')
    expect(after).toContain('The file on the disk is not in force')
    expect(after).toContain('<!channel> `x` is no group')
    expect(after.match(/"mrkdwn","text":"[^"]*<!channel>/)).toBeNull()
    const loaded = { type: 'policy.loaded', ...SYSTEM, requestId: null, body: { digest, text: POLICY } } as const
    await on.service.record({ atMs: Date.now(), audit: [loaded] })
    const mended = await answer('U0ADMIN', 'policy')
    expect(mended).toContain('A later file was taken')
    expect(mended).toContain('since <!date^')
  })

  it('a policy of a thousand long rules within Slack’s limits', async () => {
    on = await stage(mode)
    const rule = (i: number) =>
      `  - { id: r${i}, match: { action: "a.*", resource: "s3://${'*x*:tada:'.repeat(20)}" }, effect: deny }`
    on.setPolicy(policyFrom(`${POLICY}${Array.from({ length: 1_000 }, (_, i) => rule(i)).join('\n')}\n`))
    const said = await answer('U0ADMIN', 'policy')
    expect(said).toContain('more rules, see the file')
    expect(said.length).toBeLessThan(15_000)
  })

  it('who may ask, with owners, end and last use, and no secret', async () => {
    on = await stage(mode)
    await on.service.used('cl_alice', Date.now())
    const said = await answer('U0ADMIN', 'clients')
    for (const words of ['nightly export', 'cl_alice', 'Owners: <@U0ALICE>', 'last used <!date^', 'never expires']) {
      expect(said).toContain(words)
    }
    expect(said).not.toContain('0'.repeat(64))
  })

  it('where the audit log stands', async () => {
    on = await stage(mode)
    await on.ask()
    const said = await answer('U0ADMIN', 'audit')
    const head = await on.store.head()
    for (const words of [`${head.size} entries`, head.root, 'request.opened', 'client.created', 'RFC 6962']) {
      expect(said).toContain(words)
    }
  })

  it('help with the verbs of admins, which nobody else gets', async () => {
    on = await stage(mode)
    expect(await answer('U0ADMIN', 'help')).toContain('/approvals pause')
    const said = await answer('U0BOB', 'help')
    expect(said).not.toContain('/approvals pause')
    expect(said).toContain('/approvals breakglass')
  })

  it.each(['history', 'policy', 'clients', 'audit'])('%s, with a word too many, and says so', async (verb) => {
    on = await stage(mode)
    for (const junk of ['now', '“x”', '<!channel>', '\u202e', 'x'.repeat(4_000)]) {
      const said = await answer('U0ADMIN', `${verb} ${junk}`)
      expect(said).not.toContain('could not be answered')
      if (junk !== '\u202e') expect(said).toContain('takes nothing after it')
    }
    expect(await answer('U0ADMIN', verb, 'C0SHARED')).toContain('other organisations')
  })
})
