import type { KnownBlock } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import { ACTION, buttonValue } from '../../src/slack/cards/ids.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { StorageError } from '../../src/store/store.ts'
import { policyFrom } from '../policy/policies.ts'
import { eventually, MODES, POLICY, refusals, type Stage, stage, status, told } from './door.ts'

describe.each(MODES)('a click over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })

  it('approves: on disk before the acknowledgement, and the card follows by itself', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    expect(await on.store.request(request.id)).toMatchObject({
      status: 'approved',
      decisions: [{ approver: { userId: 'U0BOB', teamId: on.sandbox.teamId }, verdict: 'approve', surface: 'slack' }],
    })
    const shown = await on.sandbox.until(() => {
      const message = on.sandbox.message(card.channel, card.ts)
      return JSON.stringify(message).includes('Approved') && message
    }, 'the closed card')
    expect(JSON.stringify(shown?.blocks)).not.toContain(ACTION.approve)
    expect(bob.ephemerals()).toEqual([])
  })

  it('tells who approved first of two that hers counts and how many are still needed', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(await told(on.sandbox.as('U0BOB'), /Recorded/)).toContain('Still needed: 1 more')
    expect(await status(on, request.id)).toBe('pending')
    await on.sandbox.as('U0CAROL').click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('a requester can never approve their own request, and is told why', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'listed.export' })
    expect(await on.sandbox.as('U0ALICE').click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    expect(await told(on.sandbox.as('U0ALICE'), /behind this ask/)).toBeDefined()
    expect(await status(on, request.id)).toBe('pending')
    expect(await refusals(on, request.id)).toEqual(['self_approval'])
    expect(on.sandbox.as('U0BOB').ephemerals()).toEqual([])
  })

  it.each([
    ['U0GUEST', 'guest'],
    ['U0GUEST1', 'guest'],
    ['U0STRANGER', 'outsider'],
    ['U0GONE', 'inactive'],
    ['U0WFBOT', 'approver_not_human'],
    ['U0BOTTY', 'approver_not_human'],
    ['U0ERIN', 'not_an_approver'],
  ])('of %s never counts (%s), is answered and is kept as evidence', async (userId, code) => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'listed.export' })
    const person = on.sandbox.as(userId)
    expect(await person.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    await told(person, /./)
    expect(await refusals(on, request.id)).toEqual([code])
    expect(await status(on, request.id)).toBe('pending')
  })

  it('twice within an instant is one decision, and the second says that it is counted', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    const bob = on.sandbox.as('U0BOB')
    await Promise.all([1, 2].map(() => bob.click(card.channel, card.ts, ACTION.approve)))
    await told(bob, /counted already/)
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
  })

  it('of two people at once: one decides, the other is told that it is closed', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const people = ['U0BOB', 'U0CAROL'].map((id) => on.sandbox.as(id))
    const results = await Promise.all(people.map((person) => person.click(card.channel, card.ts, ACTION.approve)))
    expect(results.map(({ acked }) => acked)).toEqual([true, true])
    const after = await on.store.request(request.id)
    expect(after?.decisions).toHaveLength(1)
    const loser = on.sandbox.as(after?.decisions[0]?.approver.userId === 'U0BOB' ? 'U0CAROL' : 'U0BOB')
    expect(await told(loser, /closed already/)).toContain('approved')
  })

  it('delivered three times has one effect and one answer', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    await told(bob, /Recorded/)
    const delivery = on.sandbox.lastDelivery()
    if (!delivery) throw new Error('nothing was delivered')
    const again = await on.sandbox.deliver('interactive', delivery.payload, { copies: 3 })
    expect(again.map(({ acked }) => acked)).toEqual([true, true, true])
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
    expect(await refusals(on, request.id)).toEqual([])
    expect(bob.ephemerals()).toHaveLength(1)
  })

  it('on a card whose digest is not the stored one is refused as stale (B14, B42)', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const other = await on.ask({ params: { rows: 1 } })
    const swapped = `${request.id}:${buttonValue(other).split(':')[1]}`
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve, { overrideValue: swapped })
    expect(await told(bob, /something else than what is asked/)).toBeDefined()
    expect(await refusals(on, request.id)).toEqual(['stale_card'])
    expect(await status(on, request.id)).toBe('pending')
  })

  it.each(['', 'null', '{"id":1}', 'req_', `req_x:${'g'.repeat(16)}`, 'a'.repeat(2_000)])(
    'with the value %j has no effect and a plain answer',
    async (overrideValue) => {
      on = await stage(mode)
      const { request, card } = await on.askAndPost()
      for (const action of [ACTION.approve, ACTION.deny, ACTION.details, ACTION.review]) {
        const bob = on.sandbox.as('U0BOB')
        const before = bob.ephemerals().length
        expect(await bob.click(card.channel, card.ts, action, { overrideValue })).toMatchObject({ acked: true })
        await eventually(() => bob.ephemerals().length > before, `an answer to ${action}`)
      }
      expect(await status(on, request.id)).toBe('pending')
    },
  )

  it('on a request that does not exist says so', async () => {
    on = await stage(mode)
    const { card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    const overrideValue = `req_nothing:${'0'.repeat(16)}`
    await bob.click(card.channel, card.ts, ACTION.approve, { overrideValue })
    expect(await told(bob, /no such request/)).toBeDefined()
  })

  it('on a button that nobody knows is acknowledged once and answered', async () => {
    on = await stage(mode)
    const { card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    expect(await bob.click(card.channel, card.ts, 'evil', { overrideValue: 'x' })).toMatchObject({ acked: true })
    expect(await told(bob, /nothing was done/)).toBeDefined()
  })

  it('in a channel that was shared after the card was posted is refused', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.setChannel(card.channel, { is_ext_shared: true })
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(await told(on.sandbox.as('U0BOB'), /other organisations/)).toBeDefined()
    expect(await refusals(on, request.id)).toEqual(['channel_external'])
  })

  it('of somebody who left the group a moment ago does not count', async () => {
    on = await stage(mode)
    const first = await on.askAndPost({ action: 'two.export' })
    await on.sandbox.as('U0BOB').click(first.card.channel, first.card.ts, ACTION.approve)
    await told(on.sandbox.as('U0BOB'), /Recorded/)
    const { request, card } = await on.askAndPost()
    on.sandbox.setGroup('S0DATA', { users: ['U0CAROL'] })
    await eventually(async () => {
      await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.deny)
      const form = on.sandbox.as('U0BOB').modals().at(-1)
      if (!form) return false
      await on.sandbox.as('U0BOB').submit(form.id, {})
      return (await refusals(on, request.id)).includes('not_an_approver')
    }, 'the refusal')
    expect(await status(on, request.id)).toBe('pending')
  })

  it('is answered at once with "checking" where Slack is slow, and is never counted on an unread identity', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.fault({ method: 'users.info', kind: 'timeout_before_commit', times: 1 })
    const bob = on.sandbox.as('U0BOB')
    const result = await bob.click(card.channel, card.ts, ACTION.approve)
    expect(result.acked).toBe(true)
    expect(await told(bob, /Slack did not tell us who you are/)).toBeDefined()
    expect(await status(on, request.id)).toBe('pending')
    await bob.click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('says "checking" before it acknowledges late, and the result after', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.fault({ method: 'conversations.info', kind: 'slow', ms: 1_000, times: 1 })
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 1_000, times: 1 })
    const bob = on.sandbox.as('U0BOB')
    expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    await told(bob, /Checking/)
    await told(bob, /Recorded: your approve counts/)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('that could not be written is answered as not recorded', async () => {
    let isFull = false
    on = await stage(mode, {
      store: (store) => ({
        ...store,
        commit: (write) =>
          isFull && 'audit' in write ? Promise.reject(new StorageError('full', 'no space')) : store.commit(write),
      }),
    })
    const { request, card } = await on.askAndPost()
    isFull = true
    const bob = on.sandbox.as('U0BOB')
    expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    expect(await told(bob, /could not be recorded/)).toContain('still pending')
    isFull = false
    expect(await status(on, request.id)).toBe('pending')
  })

  it('is refused without a policy, and told where the policy forbids it by now', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.setPolicy(null)
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    expect(await told(bob, /no valid policy/)).toBeDefined()
    on.setPolicy(
      policyFrom(
        POLICY.replace('    effect: require_approval', '    effect: deny').replace(
          '    approvals: [{ from: data-owners }]\n',
          '',
        ),
      ),
    )
    await bob.click(card.channel, card.ts, ACTION.approve)
    expect(await told(bob, /no longer allowed/)).toBeDefined()
    expect(await status(on, request.id)).toBe('denied')
  })

  it('is answered by the response_url where the bot may not whisper, and directly where that is dead too', async () => {
    on = await stage(mode)
    const { card } = await on.askAndPost({ action: 'listed.export' })
    on.sandbox.fault({ method: 'chat.postEphemeral', kind: 'error', error: 'not_in_channel' })
    await on.sandbox.as('U0ERIN').click(card.channel, card.ts, ACTION.approve)
    expect(await told(on.sandbox.as('U0ERIN'), /none of the groups/)).toBeDefined()
    expect(on.sandbox.as('U0ERIN').ephemerals()).toHaveLength(1)
  })

  it('on a duplicate card that nobody knew of makes it known, and it is closed like the first', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const original = on.sandbox.message(card.channel, card.ts)
    const { posting } = slackClients({ token: on.sandbox.botToken, apiUrl: on.sandbox.apiUrl })
    const blocks = original?.blocks as unknown as KnownBlock[]
    const duplicate = await posting.chat.postMessage({ channel: card.channel, text: original?.text ?? '', blocks })
    const ts = duplicate.ts ?? ''
    await on.sandbox.as('U0BOB').click(card.channel, ts, ACTION.approve)
    expect((await on.store.cards(request.id)).map((each) => each.ts).sort()).toEqual([card.ts, ts].sort())
    for (const each of [card.ts, ts]) {
      await on.sandbox.until(
        () => !JSON.stringify(on.sandbox.message(card.channel, each)?.blocks).includes(ACTION.approve),
        `${each} to be closed`,
        8_000,
      )
    }
  })
})
