import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { asking, eventually, MODES, POLICY, type Stage, stage, status, told } from './door.ts'

describe.each(MODES)('a pause over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string, channel?: string) => asking(on, userId, text, channel)

  it('stops every yes, says by whom and why, lets a no through, and is over when an admin says so', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    expect(await answer('U0ADMIN', 'pause the “export” job <!channel> runs wild')).toContain('*Paused* by <@U0ADMIN>')
    expect(await on.store.pause()).toMatchObject({ by: 'U0ADMIN', reason: 'the “export” job <!channel> runs wild' })
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    const sentence = await told(bob, /Paused by <@U0ADMIN> since/)
    expect(sentence).toContain('runs wild')
    expect(sentence).not.toContain('<!channel>')
    expect(await status(on, request.id)).toBe('pending')
    for (const verb of ['', 'help']) expect(await answer('U0BOB', verb)).toContain('*Paused* by <@U0ADMIN>')
    const other = await on.ask()
    await on.sandbox.as('U0BOB').openHome()
    const home = await eventually(() => {
      const shown = JSON.stringify(bob.home()?.blocks ?? '')
      return shown.includes('*Paused*') && shown.includes(other.id) && shown
    }, 'the Home')
    expect(home).toContain('runs wild')
    expect(await answer('U0ADMIN', 'resume')).toContain('Resumed')
    await bob.click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
    await eventually(() => !JSON.stringify(bob.home()?.blocks).includes('*Paused*'), 'the Home without it')
  })

  it('is told in the audit channel, and its words are nobody’s mention', async () => {
    on = await stage(mode)
    await answer('U0ADMIN', 'pause <!here> stop')
    const said = await eventually(
      () => on.sandbox.messages('C0AUDIT').find(({ text }) => text.includes('paused')),
      'it',
    )
    expect(said.text).toContain('&lt;!here&gt; stop')
    expect(JSON.stringify(said.blocks)).toContain('<@U0ADMIN>')
  })

  it('a second one changes nothing and says whose it is', async () => {
    on = await stage(mode)
    await answer('U0ADMIN', 'pause first')
    expect(await answer('U0ADMIN', 'pause second')).toContain('paused already')
    expect(await on.store.pause()).toMatchObject({ reason: 'first' })
    expect(await answer('U0ADMIN', 'resume tomorrow')).toContain('Nothing was done')
    expect(await on.store.pause()).not.toBeNull()
    await answer('U0ADMIN', 'resume')
    expect(await answer('U0ADMIN', 'resume')).toContain('nothing to resume')
  })

  it.each([
    ['somebody who is no admin', 'U0BOB', 'is for admins'],
    ['an admin of the workspace alone', 'U0ERIN', 'is for admins'],
    ['a guest', 'U0GUEST', 'full members'],
  ])('of %s is none', async (_who, userId, expected) => {
    on = await stage(mode)
    on.sandbox.setUser('U0ERIN', { is_admin: true })
    for (const verb of ['pause now', 'resume', 'policy', 'clients', 'history', 'audit']) {
      expect(await answer(userId, verb)).toContain(expected)
    }
    expect(await on.store.pause()).toBeNull()
  })

  it('of an admin who is no full member any more, or no admin by the policy in force, is none', async () => {
    on = await stage(mode)
    on.sandbox.setUser('U0ADMIN', { is_restricted: true })
    expect(await answer('U0ADMIN', 'pause')).toContain('full members')
    on.sandbox.setUser('U0ADMIN', { is_restricted: false })
    // The change comes as an event, in its own time.
    await eventually(async () => (await answer('U0ADMIN', 'audit')).includes('Audit log'), 'the admin')
    on.setPolicy(policyFrom(POLICY.replace('admins: [U0ADMIN]', 'admins: [U0BOB]')))
    expect(await answer('U0ADMIN', 'pause')).toContain('is for admins')
    on.setPolicy(null)
    expect(await answer('U0ADMIN', 'pause')).toContain('is for admins')
    expect(await on.store.pause()).toBeNull()
  })

  it.each([
    ['in a shared channel', 'pause', 'C0SHARED', 'other organisations'],
    ['in a channel that we cannot look into', 'pause', 'G0SECRET', 'other organisations'],
    ['with a reason that is too long', `pause ${'x'.repeat(1_001)}`, 'C0RANDOM', '1000 characters at most'],
    ['with four thousand of them', `pause ${'x'.repeat(4_000)}`, 'C0RANDOM', '1000 characters at most'],
  ])('%s is none', async (_what, text, channel, expected) => {
    on = await stage(mode)
    expect(await answer('U0ADMIN', text, channel)).toContain(expected)
    expect(await on.store.pause()).toBeNull()
  })

  it('a request that is allowed without people is stopped by a pause as well', async () => {
    on = await stage(mode)
    await answer('U0ADMIN', 'pause')
    const refused = await on.ask({ action: 'free.read' }).catch((error: Error) => error.message)
    expect(refused).toContain('paused')
  })
})
