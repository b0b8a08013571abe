import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { slackClients } from '../../src/slack/clients.ts'
import type { Shown } from '../api.ts'
import { cardOf, isTold } from '../people.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import { channelOf, type Voice } from './voice.ts'

/** What stands on a card, where it stands, and what else of Slack's might be taken for a yes. */

const stages = openStages()

const hex = (request: Shown): string => request.payload_digest.slice(7, 23)
/** A yes counts on a surface of Slack's with the digest that was on the card, and over HTTP with the whole one. */
const STALE = 'stale_card'

bypass('B13', stages, async (by) => {
  const { on } = by
  const action = on.action('two')
  const key = { 'idempotency-key': `b13-${by.name.replaceAll(' ', '-')}` }
  const old = (await on.scene.api.ask({ action, params: { rows: 1 } }, key)).body
  await by.takes('U0BOB', old, 'pending')
  for (const method of ['PUT', 'PATCH', 'POST', 'DELETE']) {
    const { status, body } = await on.scene.api.call(method, `/v1/requests/${old.id}`, { params: { rows: 9_999 } })
    expect([status, body.code]).toEqual([405, 'method_not_allowed'])
  }
  const edited = await on.scene.api.ask({ action, params: { rows: 9_999 } }, key)
  expect([edited.status, edited.body.code]).toEqual([422, 'idempotency_key_reused'])
  const next = (await on.scene.api.ask({ action, params: { rows: 9_999 } })).body
  expect([next.decisions, next.policy.requirements[0]?.received]).toEqual([[], 0])
  await by.takes('U0CAROL', next, 'pending')
  await by.refuses('U0BOB', next, STALE, { digest: hex(old) })
})

bypass('B14', stages, async (by) => {
  const request = await by.on.ask('one')
  for (const digest of [
    '0'.repeat(16),
    `${hex(request).slice(0, 15)}x`.replace('x', hex(request)[15] === '0' ? '1' : '0'),
  ]) {
    await by.refuses('U0BOB', request, STALE, { digest })
  }
  await by.takes('U0BOB', request, 'approved')
})

bypass('B42', stages, async (by) => {
  const [first, second] = [await by.on.ask('one'), await by.on.ask('one')]
  await by.refuses('U0BOB', first, STALE, { digest: hex(second) })
  await by.refuses('U0BOB', second, STALE, { digest: hex(first) })
})

bypass('B33', stages, async (by) => {
  const { on } = by
  const request = await on.ask('two')
  if (by.name === 'slash command') return inOtherChannels(by, request)
  const forwarded = await posted(on, request, 'C0RANDOM')
  await on.slack.as('U0ALICE').click('C0RANDOM', forwarded, ACTION.approve)
  await isTold(on.slack, 'U0ALICE', /behind this ask/)
  await on.slack.as('U0BOB').click('C0RANDOM', forwarded, ACTION.approve)
  expect((await on.request(request.id)).decisions.map(({ approver }) => approver.userId)).toEqual(['U0BOB'])
  const shared = await posted(on, request, 'C0SHARED')
  await on.slack.as('U0CAROL').click('C0SHARED', shared, ACTION.approve)
  await isTold(on.slack, 'U0CAROL', /other organisations/)
  expect((await on.entries(request.id)).at(-1)).toMatchObject({ type: 'decision.refused', code: 'channel_external' })
  expect((await on.request(request.id)).status).toBe('pending')
})

async function inOtherChannels({ on }: Voice, request: Shown): Promise<void> {
  const show = async (userId: string, channel: string) => {
    const { reply } = await on.slack.as(userId).command('/approvals', `show ${request.id}`, { channel })
    if (!reply) throw new Error('not answered')
    return reply
  }
  const { ts } = await show('U0BOB', 'C0RANDOM')
  await on.slack.as('U0BOB').click('C0RANDOM', ts, ACTION.approve)
  expect((await on.request(request.id)).decisions.map(({ approver }) => approver.userId)).toEqual(['U0BOB'])
  const shared = await show('U0CAROL', 'C0SHARED')
  // The answer is hers alone, but there it holds nothing of the request.
  expect(JSON.stringify(shared.blocks)).not.toContain(ACTION.approve)
  expect(shared.text).toMatch(/other organisations/)
}

/** The card as somebody forwarded it. */
async function posted(on: Stage, request: Shown, channel: string): Promise<string> {
  const { text, blocks } = await cardOf(on.slack, await channelOf(on, request), request.id)
  const { posting } = slackClients({ token: on.slack.botToken, apiUrl: on.slack.apiUrl })
  return (await posting.chat.postMessage({ channel, text, blocks: blocks as never })).ts ?? ''
}

bypass('B34', stages, async (by) => {
  const { on } = by
  const { slack } = on
  const request = await on.ask('one')
  const { channel, ts } = await cardOf(slack, await channelOf(on, request), request.id)
  const before = await on.entries(request.id)
  const ours = { api_app_id: slack.appId, team_id: slack.teamId }
  const bob = { user: { id: 'U0BOB', team_id: slack.teamId }, team: { id: slack.teamId } }
  const event = (n: number, of: object) =>
    slack.deliver('events_api', {
      ...ours,
      type: 'event_callback',
      event_id: `Ev${request.id}${n}`,
      event: of,
    } as never)
  const item = { type: 'message', channel, ts }
  await event(1, { type: 'reaction_added', user: 'U0BOB', reaction: 'white_check_mark', item, event_ts: ts })
  await event(2, { type: 'message', user: 'U0BOB', channel, thread_ts: ts, ts: '9.1', text: 'approve' })
  await event(3, { type: 'app_mention', user: 'U0BOB', channel, ts: '9.2', text: `approve ${request.id}` })
  await event(4, { type: 'link_shared', user: 'U0BOB', channel, links: [{ url: `https://x/${request.id}/approve` }] })
  const message = { type: 'message', ts, text: `approve ${request.id}` }
  for (const type of ['message_action', 'shortcut']) {
    const action = {
      type,
      ...ours,
      ...bob,
      callback_id: ACTION.approve,
      trigger_id: `7.${type}.${request.id}`,
      message,
    }
    await slack.deliver('interactive', { ...action, channel: { id: channel } } as never)
  }
  for (const text of [
    `approve ${request.id}`,
    `${request.id} approve`,
    `APPROVE ${request.id}`,
    `allow ${request.id}`,
  ]) {
    const { reply } = await slack.as('U0BOB').command('/approvals', text)
    expect(reply?.text ?? '').not.toMatch(/recorded|approved by/i)
  }
  expect(await on.entries(request.id)).toEqual(before)
  expect((await on.request(request.id)).version).toBe(1)
})

bypass('B35', stages, async (by) => {
  const { on } = by
  const { slack } = on
  const request = await on.ask('two')
  if (by.name === 'Slack over HTTP') {
    const { channel, ts } = await cardOf(slack, await channelOf(on, request), request.id)
    await slack.as('U0BOB').click(channel, ts, 'probe', { overrideValue: 'x' })
    const probe = slack.lastDelivery()?.payload ?? {}
    const actions = [
      { type: 'button', action_id: ACTION.approve, block_id: 'b', value: `${request.id}:${hex(request)}` },
    ]
    for (const timestampOffsetSeconds of [-600, -301, 301, 600]) {
      const payload = { ...probe, actions, trigger_id: `${timestampOffsetSeconds}.${request.id}` }
      const [late] = await slack.deliver('interactive', payload as never, { timestampOffsetSeconds })
      expect([late?.acked, late?.status]).toEqual([false, 401])
    }
    expect((await on.request(request.id)).version).toBe(1)
  } else if (by.name === 'Slack over Socket Mode') slack.advance(600_000)
  // Slack may be ten minutes ahead: the request has the time that we gave it, and no word of the asker's moves it.
  await by.takes('U0BOB', request, 'pending')
  const short = await on.ask('one', { ttl_seconds: 1 })
  const { status, headers } = await on.scene.api.get(short.id)
  expect(status).toBe(200)
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(2_000)
  while (Date.now() < Date.parse(short.expires_at)) await sleep(20)
  expect((await by.say('U0BOB', short)).refused).toBe('expired')
  expect((await on.request(short.id)).status).toBe('expired')
})

bypass('B41', stages, async (by) => {
  const { on } = by
  const { slack } = on
  const request = await on.ask('one')
  if (by.name === 'API') {
    // Another client's request is as none.
    const other = await on.client()
    const [known, unknown] = [await other.get(request.id), await other.get(`${request.id.slice(0, -4)}0000`)]
    expect([known.status, known.body.code, known.body.detail]).toEqual([404, 'not_found', unknown.body.detail])
    expect(unknown.status).toBe(404)
    return
  }
  if (by.name === 'slash command') {
    const said = async (id: string) => (await slack.as('U0ERIN').command('/approvals', `show ${id}`)).reply?.text
    const hers = await on.ask('named')
    const unknown = await said(`${hers.id.slice(0, -4)}0000`)
    expect(unknown).toMatch(/no such request/)
    expect(await said(hers.id)).toBe(unknown)
    return
  }
  const { channel, ts } = await cardOf(slack, await channelOf(on, request), request.id)
  await slack.as('U0BOB').click(channel, ts, 'probe', { overrideValue: 'x' })
  const probe = slack.lastDelivery()?.payload ?? {}
  const actions = [{ type: 'button', action_id: ACTION.approve, block_id: 'b', value: `${request.id}:${hex(request)}` }]
  const foreign = { id: 'T0ELSEWHERE', domain: 'elsewhere' }
  const overs = [
    { api_app_id: 'A0ELSEWHERE' },
    { team: foreign },
    { user: { id: 'U0BOB', team_id: foreign.id } },
    { enterprise: { id: 'E0ELSEWHERE', name: 'Elsewhere' } },
  ]
  for (const [n, over] of overs.entries()) {
    await slack.deliver('interactive', { ...probe, actions, trigger_id: `${n}.41.${request.id}`, ...over } as never)
  }
  await sleep(50)
  expect((await on.request(request.id)).version).toBe(1)
  const refused = (await on.entries(request.id)).filter(({ type }) => type === 'decision.refused')
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['outsider']))
})
