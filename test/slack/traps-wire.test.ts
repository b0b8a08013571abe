import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/sandbox/index.ts'
import { ACTION, REASON_INPUT } from '../../src/slack/cards/ids.ts'
import { openScene } from '../house.ts'
import { approve, cardOf } from '../people.ts'
import { eventually, MODES, refusals, type Stage, status, told } from './door.ts'
import { called, decisions, loggedTimes, staged, unhandled, unsentClick } from './traps.ts'

/** The traps of Bolt 5 that lie in what comes over the wire, and in the wire itself; one test for each. */

const homeOpened = (on: Stage, event_id: string) => ({
  type: 'event_callback',
  api_app_id: on.sandbox.appId,
  team_id: on.sandbox.teamId,
  event_id,
  authorizations: [{ team_id: on.sandbox.teamId, enterprise_id: null }],
  event: { type: 'app_home_opened', user: 'U0BOB', channel: 'D0BOB', tab: 'home' },
})

describe.each(MODES)('over %s', (mode) => {
  it('trap 5: closing waits for the answer that is being given, and takes no other', async () => {
    const on = await staged(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 500, times: 1 })
    const first = on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    await on.sandbox.until(() => called(on, 'users.info').length === 1, 'the look')
    const stopped = on.door.stop()
    const second = on.sandbox.as('U0CAROL').click(card.channel, card.ts, ACTION.approve)
    await stopped
    expect(await decisions(on, request.id)).toHaveLength(1)
    expect(await first).toMatchObject({ acked: true })
    expect(await second).toMatchObject({ acked: false, error: expect.stringContaining('did not respond') })
  })

  it('trap 6: what nobody listens to, and what fails half way, is acknowledged, answered and logged', async () => {
    let isBroken = false
    const on = await staged(mode, {
      store: (plain) => ({
        ...plain,
        request: async (id) => {
          if (isBroken) throw new Error('the disk is gone')
          return plain.request(id)
        },
      }),
    })
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    const unknown = await bob.click(card.channel, card.ts, 'countersign:approve_all', { overrideValue: 'x' })
    expect(unknown).toMatchObject({ acked: true })
    await told(bob, /nothing was done/)
    expect(loggedTimes(on, 'countersign:approve_all')).toBe(1)
    isBroken = true
    expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    await told(bob, /Something went wrong here/)
    isBroken = false
    expect(loggedTimes(on, 'could not be handled')).toBe(1)
    expect(await decisions(on, request.id)).toEqual([])
    expect(on.sandbox.protocolFaults).toEqual([])
  })

  it('trap 7: what comes again has no second effect: a click byte for byte, an event under a new signature', async () => {
    const on = await staged(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    await told(bob, /Recorded/)
    const click = on.sandbox.lastDelivery()
    if (!click) throw new Error('nothing was delivered')
    const again = await Promise.all([1, 2, 3].map(() => on.sandbox.replay(click)))
    expect(again).toMatchObject([{ acked: true }, { acked: true }, { acked: true }])
    expect(await decisions(on, request.id)).toHaveLength(1)
    expect(await refusals(on, request.id)).toEqual([])
    expect(bob.ephemerals()).toHaveLength(1)
    const before = loggedTimes(on, 'had no further effect')
    for (const timestampOffsetSeconds of [0, 1, 2]) {
      await on.sandbox.deliver('events_api', homeOpened(on, 'Ev1'), { timestampOffsetSeconds })
    }
    await eventually(() => loggedTimes(on, 'had no further effect') - before === 2, 'both retries to be known')
  })

  it('trap 10: a verified payload of another app, team or organisation decides nothing', async () => {
    const on = await staged(mode)
    const { request, payload, bob } = await unsentClick(on)
    const others = [
      { api_app_id: 'A0ELSEWHERE' },
      { team: { id: 'T0ELSEWHERE', domain: 'elsewhere' } },
      { user: { id: 'U0BOB', team_id: 'T0ELSEWHERE' } },
      { enterprise: { id: 'E0ELSEWHERE', name: 'Elsewhere' } },
    ]
    for (const [i, other] of others.entries()) {
      const foreign = { ...payload, ...other, trigger_id: `${Date.now()}.${i}.foreign` }
      expect(await on.sandbox.deliver('interactive', foreign)).toMatchObject([{ acked: true }])
    }
    await told(bob, /Only members of this workspace/)
    expect(await decisions(on, request.id)).toEqual([])
    // What was refused to them is still his to say.
    await on.sandbox.deliver('interactive', payload)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('trap 14: whatever takes long is acknowledged exactly once, from a card and from a form', async () => {
    const on = await staged(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    const [bob, carol] = [on.sandbox.as('U0BOB'), on.sandbox.as('U0CAROL')]
    await carol.click(card.channel, card.ts, ACTION.deny)
    const form = await eventually(() => carol.modals()[0], 'the form')
    for (const method of ['users.info', 'conversations.info']) on.sandbox.fault({ method, kind: 'slow', ms: 1_100 })
    const [clicked, submitted] = await Promise.all([
      bob.click(card.channel, card.ts, ACTION.approve),
      carol.submit(form.id, { [REASON_INPUT.block]: { [REASON_INPUT.action]: 'not today' } }),
    ])
    expect(clicked).toMatchObject({ acked: true })
    expect(submitted).toMatchObject({ acked: true })
    await told(bob, /Checking with Slack/)
    await eventually(async () => (await status(on, request.id)) === 'denied', 'both answers')
    await told(carol, /Recorded/)
    expect(on.sandbox.protocolFaults).toEqual([])
    for (const words of ['MultipleAck', 'already been called', 'did not reach Slack', 'could not hand on']) {
      expect(loggedTimes(on, words)).toBe(0)
    }
  })

  it('trap 17: no answer of Slack’s at the start is final: the door stays up, says why, and tries again', async () => {
    const caught = unhandled()
    const method = mode === 'socket' ? 'apps.connections.open' : 'auth.test'
    const refusing: [Fault, string][] = [
      ...['not_authed', 'invalid_auth', 'account_inactive', 'user_removed_from_team', 'team_disabled'].map(
        (error): [Fault, string] => [{ method, kind: 'error', error }, `Slack answered ${error}`],
      ),
      [{ method, kind: 'status', status: 500 }, 'Slack answered HTTP 500'],
      [{ method, kind: 'reset_after_commit' }, 'Slack cannot be reached'],
    ]
    const tried = refusing.map(async ([fault, reason]) => {
      const on = await staged(mode, { connect: false })
      const mend = on.sandbox.fault(fault)
      on.door.start()
      await eventually(() => on.door.state().reason?.startsWith(reason), `the reason ${reason}`)
      expect(on.door.state().connected).toBe(false)
      mend()
      expect(await on.door.ready(8_000)).toBe(true)
      expect(on.fatal).toEqual([])
    })
    await Promise.all(tried)
    expect(caught).toEqual([])
  })

  it('tells how long each acknowledgement took', async () => {
    const scene = await openScene(mode)
    try {
      const asked = await scene.api.ask({ action: 'terraform.apply', params: { plan: 'b5bb9d80' } })
      await approve(scene.slack, 'U0CAROL', await cardOf(scene.slack, 'C0PROD', asked.body.id))
      await scene.slack.as('U0CAROL').command('/approvals', 'help')
      const text = await (await fetch(`${scene.house().url}/metrics`)).text()
      expect(text).toContain('\ncountersign_slack_ack_seconds_count{kind="click"} 1\n')
      expect(text).toContain('\ncountersign_slack_ack_seconds_count{kind="command"} 1\n')
    } finally {
      await scene.close()
    }
  })
})

describe('over HTTP', () => {
  it('trap 7: a signature of another day is refused, of the next one too', async () => {
    const on = await staged('http')
    const { request, payload } = await unsentClick(on)
    for (const timestampOffsetSeconds of [86_400, 301, -301]) {
      const refused = await on.sandbox.deliver('interactive', payload, { timestampOffsetSeconds })
      expect(refused).toMatchObject([{ status: 401 }])
    }
    expect(await decisions(on, request.id)).toEqual([])
  })

  it('trap 11: a proxy may add the charset: forms and events count with it as without', async () => {
    const on = await staged('http')
    const { request, payload } = await unsentClick(on)
    const contentType = 'Application/X-WWW-Form-Urlencoded; charset=utf-8'
    expect(await on.sandbox.deliver('interactive', payload, { contentType })).toMatchObject([{ status: 200 }])
    expect(await status(on, request.id)).toBe('approved')
    const event = homeOpened(on, 'Ev2')
    const sent = await on.sandbox.deliver('events_api', event, { contentType: 'application/json; charset=utf-8' })
    expect(sent).toMatchObject([{ status: 200 }])
    await on.sandbox.until(() => on.sandbox.as('U0BOB').home(), 'the Home of Bob')
  })
})

describe('over the socket', () => {
  const again = (on: Stage) => () => on.sandbox.connections() === 1 && on.door.state().connected

  it.each([false, true])(
    'trap 4: the next socket is there before the SDK would look for one (TCP stays: %s)',
    async (socketKeepTcpOpen) => {
      const on = await staged('socket', { socketKeepTcpOpen })
      const { request, card } = await on.askAndPost()
      const bob = on.sandbox.as('U0BOB')
      on.sandbox.disconnectSockets('refresh_requested')
      const inTheGap = await bob.click(card.channel, card.ts, ACTION.approve)
      expect(inTheGap).toMatchObject({ acked: false, error: expect.stringContaining('did not respond') })
      // The SDK waits five seconds, and for thirty where the old connection stays open.
      await on.sandbox.until(again(on), 'the next socket', 4_500)
      expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
      expect(await status(on, request.id)).toBe('approved')
    },
  )

  it('trap 1: a reconnect that fails comes to our own loop at once, not after a hundred tries of the SDK’s', async () => {
    const on = await staged('socket')
    on.sandbox.fault({ method: 'apps.connections.open', kind: 'status', status: 503, times: 1 })
    on.sandbox.disconnectSockets('cut')
    await eventually(() => loggedTimes(on, 'Slack answered HTTP 503') === 1, 'the one failure')
    await on.sandbox.until(again(on), 'the next socket')
    expect(called(on, 'apps.connections.open').map(({ outcome }) => outcome)).toEqual(['ok', '503', 'ok'])
  })

  it('trap 18: a reconnect that is refused for good leaves neither a dead process nor a deaf one', async () => {
    const caught = unhandled()
    const method = 'apps.connections.open'
    const faults: Fault[] = [
      { method, kind: 'error', error: 'account_inactive' },
      { method, kind: 'error', error: 'internal_error' },
      { method, kind: 'status', status: 500 },
      { method, kind: 'reset_after_commit' },
      { method, kind: 'malformed' },
    ]
    const tried = faults.map(async (fault) => {
      const on = await staged('socket')
      const { request, card } = await on.askAndPost()
      const mend = on.sandbox.fault(fault)
      on.sandbox.disconnectSockets('cut')
      await on.sandbox.until(() => called(on, method).length >= 2, 'a try')
      await eventually(() => /^Slack (?:answered|cannot)/.test(on.door.state().reason ?? ''), 'the reason')
      mend()
      await on.sandbox.until(again(on), 'the next socket', 8_000)
      await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
      expect(await status(on, request.id)).toBe('approved')
      expect(on.fatal).toEqual([])
    })
    await Promise.all(tried)
    expect(caught).toEqual([])
  })
})
