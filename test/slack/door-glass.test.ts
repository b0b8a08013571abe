import { afterEach, describe, expect, it } from 'vitest'
import { ACTION, buttonValue, CALLBACK, GLASS_INPUT, SURE_INPUT } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { asking, eventually, MODES, POLICY, refusals, type Stage, stage, status, told } from './door.ts'
import { filled, forged, opened, opening, shown, submitted, WHY } from './glass.ts'

describe.each(MODES)('broken glass over %s:', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string, channel?: string) => asking(on, userId, text, channel)

  it('shows all of the ask, takes a reason and a tick, and is loud wherever the request was announced', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'glass.restart', params: { table: 'customers_2026' } })
    const view = await opening(on, 'U0DAVE', request.id)
    for (const words of [
      'glass.restart',
      'customers_2026',
      request.payloadDigest.slice(7, 23),
      '2 minutes',
      'on-call',
    ]) {
      expect(shown(view)).toContain(words)
    }
    const dave = on.sandbox.as('U0DAVE')
    expect(await dave.submit(view.id, filled(WHY))).toMatchObject({ acked: true })
    expect(shown(dave.modals().at(-1))).toContain('Recorded: the glass is broken')
    const after = await on.store.request(request.id)
    expect(after).toMatchObject({
      status: 'approved',
      outcome: { by: 'people', code: 'approved_break_glass', approvers: ['U0DAVE'] },
      brokenGlass: { userId: 'U0DAVE', reason: WHY, review: null },
    })
    const closed = await eventually(() => {
      const message = JSON.stringify(on.sandbox.message(card.channel, card.ts))
      return message.includes('The glass was broken') && message
    }, 'the closed card')
    expect(closed).toContain('Approved (the glass was broken): glass.restart')
    expect(closed).toContain('Review open:')
    expect(closed).not.toContain('"button"')
    expect(closed.match(/"type":"mrkdwn","text":"[^"]*<!channel>/)).toBeNull()
    for (const channel of ['C0AUDIT', 'C0APPROVALS']) {
      const alarm = await eventually(
        () => on.sandbox.messages(channel).find(({ text }) => text.includes('The glass was broken on')),
        `the alarm in ${channel}`,
      )
      expect(alarm.text).toContain('&lt;!channel&gt;')
      const [woken, sentence] = alarm.blocks
      expect(JSON.stringify(woken)).toContain('<!subteam^S0DATA>')
      expect(JSON.stringify(woken)).toContain('<@U0DAVE>')
      expect(sentence).toMatchObject({ text: { type: 'plain_text' } })
    }
  })

  it('lists what she could break and, for somebody else, what waits for a review', async () => {
    on = await stage(mode)
    const open = await on.ask({ action: 'glass.restart' })
    const ordinary = await on.ask({ action: 'one.export' })
    const list = await answer('U0DAVE', 'breakglass')
    expect(list).toContain(open.id)
    expect(list).not.toContain(ordinary.id)
    expect(await answer('U0BOB', 'breakglass')).toContain('no glass that you could break')
    // Alice is on call as well, and behind the ask.
    expect(await answer('U0ALICE', 'breakglass')).not.toContain(open.id)
    const dave = on.sandbox.as('U0DAVE')
    const message = dave.ephemerals('C0RANDOM').at(-1)
    await dave.click('C0RANDOM', message?.ts ?? '', ACTION.breakGlass)
    await dave.submit((await opened(dave, CALLBACK.breakGlass)).id, filled(WHY))
    expect(await status(on, open.id)).toBe('approved')
    expect(await answer('U0BOB', 'breakglass')).toContain('waits for a review')
    // Who broke it, who asked, who made the key that asked, and who is in none of the groups.
    for (const id of ['U0DAVE', 'U0ALICE', 'U0ADMIN', 'U0ERIN'])
      expect(await answer(id, 'breakglass')).not.toContain('waits for a review')
  })

  it.each([
    ['x'.repeat(40), 'three different words'],
    ['down down down down down down', 'three different words'],
    ['\u200b'.repeat(40), 'three different words'],
  ])('with the reason %j is refused in the window, and nothing is broken', async (reason, expected) => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const view = await opening(on, 'U0DAVE', request.id)
    const result = await on.sandbox.as('U0DAVE').submit(view.id, filled(reason))
    expect(result.errors?.[GLASS_INPUT.block]).toContain(expected)
    expect(await status(on, request.id)).toBe('pending')
  })

  it('without the tick is refused, also where a client sends the form all the same', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const view = await opening(on, 'U0DAVE', request.id)
    expect(await on.sandbox.as('U0DAVE').submit(view.id, filled(WHY, ''))).toMatchObject({ acked: false })
    const result = await submitted(on, view, { state: forged(false) })
    expect(result?.body).toMatchObject({
      response_action: 'errors',
      errors: { [SURE_INPUT.block]: expect.any(String) },
    })
    expect(await status(on, request.id)).toBe('pending')
  })

  it.each([
    [
      'somebody of the group that should approve',
      'U0BOB',
      'not in the group that may break the glass',
      'not_an_approver',
    ],
    ['somebody behind the ask', 'U0ALICE', 'You are behind this ask', 'self_approval'],
  ])('by %s is refused and kept as evidence', async (_who, userId, expected, code) => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const view = await opening(on, userId, request.id)
    await on.sandbox.as(userId).submit(view.id, filled(WHY))
    expect(shown(on.sandbox.as(userId).modals().at(-1))).toContain(expected)
    expect(await refusals(on, request.id)).toEqual([code])
    expect(await status(on, request.id)).toBe('pending')
  })

  it('is refused while everything is paused, and where the policy has no such way any more', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const dave = on.sandbox.as('U0DAVE')
    const view = await opening(on, 'U0DAVE', request.id)
    await answer('U0ADMIN', 'pause all of it')
    await dave.submit(view.id, filled(WHY))
    expect(shown(dave.modals().at(-1))).toContain('*Paused* by <@U0ADMIN>')
    await answer('U0ADMIN', 'resume')
    on.setPolicy(policyFrom(POLICY.replace('break_glass: { from: on-call, grant_ttl: 2m }', 'ttl: 50m')))
    const again = await opening(on, 'U0DAVE', request.id)
    await dave.submit(again.id, filled(WHY))
    expect(shown(dave.modals().at(-1))).toContain('lets nobody break the glass')
    expect(await status(on, request.id)).toBe('pending')
  })

  it('of an ask that fills many pages happens on the last of them alone', async () => {
    on = await stage(mode)
    const params = { lines: Array.from({ length: 3_000 }, (_, i) => `line ${i} of what will be run`) }
    const request = await on.ask({ action: 'glass.restart', params })
    const dave = on.sandbox.as('U0DAVE')
    let view = await opening(on, 'U0DAVE', request.id)
    expect(view.submit).toBeFalsy()
    // A form that was sent from the first page all the same.
    await submitted(on, view, { state: forged(true) })
    expect(await status(on, request.id)).toBe('pending')
    const seen = new Set<string>()
    const look = () => {
      for (const [line] of shown(view).matchAll(/line \d+ of/g)) seen.add(line)
    }
    for (let turns = 0; turns < 30 && shown(view).includes(ACTION.glassNext); turns++) {
      look()
      const { hash } = view
      await dave.clickInView(view.id, ACTION.glassNext)
      view = await eventually(() => dave.modals().find((each) => each.hash !== hash), 'the next page')
    }
    look()
    expect(seen.size).toBe(3_000)
    expect(shown(view)).toContain(ACTION.glassBack)
    await dave.submit(view.id, filled(WHY))
    expect(await status(on, request.id)).toBe('approved')
  })

  it.each([
    ['breakglass 17', 'no request id'],
    ['breakglass @bob', 'no request id'],
    ['breakglass req_019b0a0000000000000000000000ffff', 'no such request'],
    ['breakglass req_1 because it burns', 'takes one id'],
    [`breakglass req_${'a'.repeat(4_000)}`, 'no request id'],
    ['breakglass \u200b', 'no glass that you could break'],
    ['breakglass “”', 'no glass that you could break'],
  ])('%j breaks nothing, and says why', async (text, expected) => {
    on = await stage(mode)
    expect(await answer('U0DAVE', text)).toContain(expected)
  })

  it('has no window for what is closed, or has no such way, or where Slack does not open it', async () => {
    on = await stage(mode)
    const ordinary = await on.ask({ action: 'one.export' })
    expect(await answer('U0BOB', `breakglass ${ordinary.id}`)).toContain('lets nobody break the glass')
    const request = await on.ask({ action: 'glass.restart' })
    on.sandbox.fault({ method: 'views.open', kind: 'error', error: 'expired_trigger_id', times: 1 })
    const dave = on.sandbox.as('U0DAVE')
    await dave.command('/approvals', `breakglass “${request.id}”`, { channel: 'C0RANDOM' })
    expect(await told(dave, /did not open the window/)).toContain('nothing was done')
    for (const id of ['U0BOB', 'U0CAROL']) {
      const shownTo = on.sandbox.as(id)
      await shownTo.command('/approvals', `show ${request.id}`, { channel: 'C0RANDOM' })
      await shownTo.click('C0RANDOM', shownTo.ephemerals('C0RANDOM').at(-1)?.ts ?? '', ACTION.approve)
    }
    await eventually(async () => (await status(on, request.id)) === 'approved', 'the approval')
    expect(await answer('U0DAVE', `breakglass ${request.id}`)).toContain('closed already')
  })

  it('of one request does not take the window of another (B42)', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const other = await on.ask({ action: 'glass.restart', params: { rows: 1 } })
    const view = await opening(on, 'U0DAVE', request.id)
    const metadata = view.private_metadata.replace(
      String(buttonValue(request).split(':')[1]),
      String(buttonValue(other).split(':')[1]),
    )
    const result = await submitted(on, view, { state: forged(true), private_metadata: metadata })
    expect(JSON.stringify(result?.body)).toContain('something else than what is asked')
    expect(await status(on, request.id)).toBe('pending')
    expect(await refusals(on, request.id)).toEqual(['stale_card'])
  })

  it('says "checking" where Slack is slow, and then how it went', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const dave = on.sandbox.as('U0DAVE')
    const view = await opening(on, 'U0DAVE', request.id)
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 1_400, times: 8 })
    expect(await dave.submit(view.id, filled(WHY))).toMatchObject({ acked: true })
    expect(shown(dave.modals().at(-1))).toContain('Checking with Slack')
    await told(dave, /the glass is broken/)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('of what today’s policy denies ends the request instead, and says so', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'glass.restart' })
    const dave = on.sandbox.as('U0DAVE')
    const view = await opening(on, 'U0DAVE', request.id)
    on.setPolicy(policyFrom(`${POLICY}  - { id: never, match: { action: "glass.*" }, effect: deny }\n`))
    await dave.submit(view.id, filled(WHY))
    expect(shown(dave.modals().at(-1))).toContain('policy was changed')
    expect(await status(on, request.id)).toBe('denied')
  })
})
