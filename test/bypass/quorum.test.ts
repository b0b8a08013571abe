import { expect } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { cardOf } from '../people.ts'
import { bypass, openStages } from './bypass.ts'
import { BARRED } from './cast.ts'
import type { Stage } from './stage.ts'
import { VOICES } from './surfaces.ts'
import { channelOf, Voice } from './voice.ts'

/** Who fills a seat, and how many seats one human can fill. */

const stages = openStages()

/** Three colleagues who are in the group that changes, and nobody else. */
async function team(on: Stage): Promise<readonly [string, string, string]> {
  const hired = [on.hire().id, on.hire().id, on.hire().id] as const
  await on.members('S0LIVE', hired)
  return hired
}

bypass('B15', stages, async (by) => {
  const { on } = by
  const [bob, carol] = await team(on)
  const request = await on.ask('live')
  await by.refuses('U0ALICE', request, 'self_approval')
  const mend = on.slack.fault({ method: 'usergroups.users.list', kind: 'error', error: 'internal_error' })
  await on.members('S0LIVE', [carol])
  await by.refuses(bob, request, 'directory_unavailable')
  mend()
  await by.refuses(bob, request, 'not_an_approver')
  await by.takes(carol, request, 'approved')
})

bypass('B16', stages, async (by) => {
  const { on } = by
  const [bob, carol, dave] = await team(on)
  const request = await on.ask('livetwo')
  await by.takes(bob, request, 'pending')
  await on.members('S0LIVE', [carol, dave])
  await by.takes(carol, request, 'pending')
  const { outcome, decisions } = await by.takes(dave, request, 'approved')
  expect(outcome?.approvers).toEqual([carol, dave])
  expect(decisions.map(({ approver }) => approver.userId)).toEqual([bob, carol, dave])
})

bypass('B17', stages, async (by) => {
  const { on } = by
  const [bob] = await team(on)
  const request = await on.ask('live')
  await on.members('S0LIVE', [bob, 'U0ALICE', 'W0ALICE'])
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.refuses('W0ALICE', request, 'self_approval')
  await by.takes(bob, request, 'approved')
})

bypass('B18', stages, async (by) => {
  const { on } = by
  const [bob, carol, dave] = await team(on)
  await on.members('S0LIVE', [bob])
  const [open, closed] = [await on.ask('live'), await on.ask('closed')]
  await on.members('S0LIVE', [bob, carol])
  await by.takes(carol, open, 'approved')
  await by.refuses(carol, closed, 'not_an_approver')
  await by.refuses(dave, closed, 'not_an_approver')
  await by.takes(bob, closed, 'approved')
})

bypass('B19', stages, async (by) => {
  const request = await by.on.ask('one')
  for (const [account, code] of BARRED) await by.refuses(account, request, code)
  await by.takes('U0BOB', request, 'approved')
})

bypass('T11', stages, async (by) => {
  const { on } = by
  const request = await on.ask('one')
  for (const [account, code] of BARRED) await by.refuses(account, request, code)
  await by.takes('U0BOB', request, 'approved')
  if (by.name === 'API') return
  const posted = await on.ask('strange')
  const channel = await channelOf(on, posted)
  await cardOf(on.slack, channel, posted.id)
  on.slack.setChannel(channel, { is_ext_shared: true })
  // A command's answer is hers alone; where strangers are about, it holds nothing.
  if (by.name === 'slash command') {
    const { reply } = await on.slack.as('U0BOB').command('/approvals', `show ${posted.id}`, { channel })
    expect(JSON.stringify(reply?.blocks ?? [])).not.toContain(ACTION.approve)
    expect(reply?.text).toMatch(/other organisations/)
  } else await by.refuses('U0BOB', posted, 'channel_external')
})

bypass('T8', stages, async (by) => {
  const request = await by.on.ask('both')
  await by.refuses('U0CAROL', request, 'not_an_approver')
  const { entries } = await by.say('U0DAVE', request, 'deny')
  expect(entries).toMatchObject([{ type: 'decision.refused', code: 'not_an_approver' }])
  expect((await by.on.request(request.id)).version).toBe(1)
})

bypass('B20', stages, async (by) => {
  const { on } = by
  const request = await on.ask('two')
  await by.takes('U0BOB', request, 'pending')
  await by.refuses('U0BOB', request, 'already_counted')
  const twice = await on.ask('two')
  const both = await Promise.all([by.say('U0CAROL', twice), by.say('U0CAROL', twice)])
  expect(both.map(({ request: { decisions } }) => decisions.length)).toEqual([1, 1])
  if (by.name !== 'API' && by.name !== 'slash command') {
    const { channel, ts } = await onDuplicate(on, twice)
    await on.slack.as('U0CAROL').click(channel, ts, ACTION.approve)
  }
  const after = await on.request(twice.id)
  expect([after.status, after.decisions.length]).toEqual(['pending', 1])
  await by.takes('U0DAVE', twice, 'approved')
})

/** The same card once more, as after a post of which Slack never said that it was taken. */
async function onDuplicate(on: Stage, request: Parameters<Voice['say']>[1]): Promise<{ channel: string; ts: string }> {
  const card = await cardOf(on.slack, await channelOf(on, request), request.id)
  const { posting } = slackClients({ token: on.slack.botToken, apiUrl: on.slack.apiUrl })
  const again = { channel: card.channel, text: card.text, blocks: card.blocks as never }
  const { ts } = await posting.chat.postMessage(again)
  return { channel: card.channel, ts: ts ?? '' }
}

bypass('B21', stages, async (by) => {
  const { on } = by
  const request = await on.ask('two')
  await by.takes('U0BOB', request, 'pending')
  const others = VOICES.filter((name) => name !== by.name && isOf(on, name))
  expect(others.length).toBeGreaterThan(0)
  for (const name of others) await new Voice(name, on).refuses('U0BOB', request, 'already_counted')
  expect((await on.request(request.id)).decisions).toHaveLength(1)
})

/** Everything can be said in both houses but a click, which comes by the one way that this house has. */
const isOf = ({ mode }: Stage, name: (typeof VOICES)[number]): boolean =>
  name !== (mode === 'http' ? 'Slack over Socket Mode' : 'Slack over HTTP')

bypass('B22', stages, async (by) => {
  const request = await by.on.ask('two')
  await by.takes('U0BOB', request, 'pending')
  // A token speaks for the first account of hers that Slack knows, which is the same refusal.
  if (by.name === 'API') {
    expect((await by.say('U0BOB', request)).refused).toBe('already_counted')
    await new Voice('slash command', by.on).refuses('U0BOB2', request, 'already_counted')
  } else await by.refuses('U0BOB2', request, 'already_counted')
  expect((await by.on.request(request.id)).decisions).toHaveLength(1)
})

bypass('B23', stages, async (by) => {
  const request = await by.on.ask('both')
  await by.takes('U0BOB', request, 'pending')
  await by.refuses('U0BOB', request, 'already_counted')
  const { outcome } = await by.takes('U0FRANK', request, 'approved')
  expect(outcome?.approvers).toEqual(['U0BOB', 'U0FRANK'])
})

bypass('B39', stages, async (by) => {
  const request = await by.on.ask('two')
  const clicks = await Promise.all([by.say('U0BOB', request), by.say('U0BOB', request)])
  expect(clicks.map(({ request: { decisions } }) => decisions.length)).toEqual([1, 1])
  const entries = await by.on.entries(request.id)
  expect(entries.filter(({ type }) => type === 'decision.recorded')).toHaveLength(1)
})

bypass('B46', stages, async (by) => {
  const { on } = by
  const [bob, carol, dave] = await team(on)
  const request = await on.ask('livetwo')
  await by.refuses('U0ALICE', request, 'self_approval')
  await by.refuses('U0FRANK', request, 'not_an_approver')
  await by.refuses('U0GUEST', request, 'guest')
  await by.takes(bob, request, 'pending')
  expect((await by.say(bob, request, 'withdraw')).refused).toBeNull()
  expect(await by.takes(carol, request, 'pending')).toMatchObject({ status: 'pending' })
  // Void by now: Carol has left.
  await on.members('S0LIVE', [bob, dave])
  await by.takes(dave, request, 'pending')
  const { outcome } = await by.takes(bob, request, 'approved')
  expect(outcome?.approvers).toEqual([dave, bob])
})
