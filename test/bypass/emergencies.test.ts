import { expect } from 'vitest'
import type { Sandbox, View } from '../../src/sandbox/index.ts'
import { ACTION, CALLBACK, GLASS_INPUT, NOTE_INPUT, SURE_INPUT } from '../../src/slack/cards/ids.ts'
import type { Shown } from '../api.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import type { Voice } from './voice.ts'

/** The verbs that are no vote: breaking the glass, and speaking in somebody's seat. */

const stages = openStages()

const REASON = 'The database of production is down and nobody of the owners answers'

/** The window for an emergency: by its id, or by the button in the list of what she could break; null where she is told why not. */
async function glassWindow(by: Voice, userId: string, request: Shown): Promise<View | null> {
  const { slack } = by.on
  const person = slack.as(userId)
  for (const open of person.modals().toReversed()) await person.close(open.id)
  const isById = by.name === 'slash command'
  const { reply } = await person.command('/approvals', isById ? `breakglass ${request.id}` : 'breakglass')
  const told = person.ephemerals().length
  if (isById && reply) return null
  if (!isById) {
    const overrideValue = `${request.id}:${request.payload_digest.slice(7, 23)}`
    await person.click(reply?.channel ?? '', reply?.ts ?? '', ACTION.breakGlass, { overrideValue })
  }
  const answered = () => person.modals().length > 0 || person.ephemerals().length > told
  await slack.until(answered, `a window for ${userId}, or a word`)
  return person.modals().find((view) => view.callback_id === CALLBACK.breakGlass) ?? null
}

const filled = (reason: string) => ({
  [GLASS_INPUT.block]: { [GLASS_INPUT.action]: reason },
  [SURE_INPUT.block]: { [SURE_INPUT.action]: SURE_INPUT.yes },
})

/** @returns what the log says of it, or what the window said at its input. */
async function breaks(by: Voice, userId: string, request: Shown, reason = REASON): Promise<string | null> {
  const known = (await by.on.entries(request.id)).length
  const view = await glassWindow(by, userId, request)
  if (!view) return 'no window'
  const { errors } = await by.on.slack.as(userId).submit(view.id, filled(reason))
  const refused = (await by.on.entries(request.id)).slice(known).find(({ type }) => type === 'decision.refused')
  return refused?.code ?? (errors ? 'asked again' : null)
}

async function review(slack: Sandbox, userId: string, request: Shown): Promise<boolean> {
  const person = slack.as(userId)
  for (const open of person.modals().toReversed()) await person.close(open.id)
  const { reply } = await person.command('/approvals', `breakglass ${request.id}`)
  if (reply) return false
  const isForm = () => person.modals().find((view) => view.callback_id === CALLBACK.signReview)
  const form = await slack.until(isForm, `the form of the review for ${userId}`)
  await person.submit(form.id, { [NOTE_INPUT.block]: { [NOTE_INPUT.action]: 'Looked at it: it was needed.' } })
  return true
}

bypass('B27', stages, async (by) => {
  const { on } = by
  const hers = await on.client({ owners: ['U0ADMIN'] })
  const own = await on.ask('glass', {}, hers)
  await by.refuses('U0ADMIN', own, 'self_approval')
  expect(await breaks(by, 'U0ADMIN', own)).toBe('self_approval')
  for (const word of ['approve', 'force', 'force-approve', 'override']) {
    const { reply } = await on.slack.as('U0ADMIN').command('/approvals', `${word} ${own.id}`)
    expect(reply?.text).toMatch(/no such word/)
  }
  expect((await on.request(own.id)).version).toBe(1)

  const plain = await on.ask('two')
  expect(await breaks(by, 'U0ADMIN', plain)).toBe('no window')
  const request = await on.ask('glass')
  expect(await breaks(by, 'U0ALICE', request)).toMatch(/no window|self_approval/)
  expect(await breaks(by, 'U0FRANK', request)).toBe('not_an_approver')
  for (const reason of ['too short', 'urgent '.repeat(20), `${'.'.repeat(40)}`]) {
    expect(await breaks(by, 'U0CAROL', request, reason)).toMatch(/reason_too_short|asked again/)
  }
  expect((await on.request(request.id)).status).toBe('pending')
  expect(await breaks(by, 'U0CAROL', request)).toBeNull()
  await isLoud(on, request)
  // The review is somebody else's.
  expect(await review(on.slack, 'U0CAROL', request)).toBe(false)
  expect(await review(on.slack, 'U0ALICE', request)).toBe(false)
  expect((await on.request(request.id)).brokenGlass?.review).toBeNull()
  expect(await review(on.slack, 'U0DAVE', request)).toBe(true)
  expect((await on.request(request.id)).brokenGlass?.review).toMatchObject({ userId: 'U0DAVE' })

  // Only where the policy says so may she be the asker.
  const allowed = await on.ask('ownglass', {}, hers)
  expect(await breaks(by, 'U0ADMIN', allowed)).toBeNull()
  expect((await on.request(allowed.id)).outcome?.code).toBe('approved_break_glass')
})

async function isLoud(on: Stage, request: Shown): Promise<void> {
  const after = await on.request(request.id)
  expect(after.outcome).toMatchObject({ by: 'people', code: 'approved_break_glass', approvers: ['U0CAROL'] })
  expect((after.grantExpiresAtMs ?? 0) - (after.outcome?.atMs ?? 0)).toBe(120_000)
  const alarm = await on.slack.until(
    () => on.slack.messages('C0AUDIT').find(({ text }) => text.includes(request.id)),
    'the alarm in the audit channel',
  )
  expect(JSON.stringify(alarm)).toContain('S0OWN')
  const entries = await on.entries(request.id)
  expect(entries.map(({ type }) => type)).toContain('admin.break_glass')
}

/** @returns what she was told. */
const delegates = async (on: Stage, from: string, to: string, rest = 'for 1h'): Promise<string> => {
  const { reply } = await on.slack
    .as(from)
    .command('/approvals', `delegate <@${to}> ${rest}`.replace(/<@(\w+)>/, `@${handle(to)}`))
  return reply?.text ?? ''
}
const handle = (userId: string): string => userId.slice(2).toLowerCase()

bypass('B32', stages, async (by) => {
  const { on } = by
  const [bob, carol, dave, erin] = [on.hire().id, on.hire().id, on.hire().id, on.hire().id]
  await on.members('S0LIVE', [bob, 'U0ALICE'])
  expect(await delegates(on, bob, 'U0ALICE')).toMatch(/^Recorded/)
  expect(await delegates(on, bob, bob)).not.toMatch(/^Recorded/)
  const hers = await on.ask('live')
  await by.refuses('U0ALICE', hers, 'self_approval')

  // A chain: what Carol has of Bob she cannot give on.
  expect(await delegates(on, bob, carol)).toMatch(/^Recorded/)
  expect(await delegates(on, carol, dave)).toMatch(/^Recorded/)
  await by.refuses(dave, hers, 'not_an_approver')
  const { outcome, decisions } = await by.takes(carol, hers, 'approved')
  expect([outcome?.approvers, decisions[0]?.delegatedBy]).toEqual([[carol], bob])

  // A circle, and two seats: the two are one vote.
  await on.members('S0LIVE', [bob, erin])
  expect(await delegates(on, carol, bob)).toMatch(/^Recorded/)
  const two = await on.ask('livetwo')
  await by.takes(carol, two, 'pending')
  await by.refuses(bob, two, 'already_counted')
  await by.refuses(carol, two, 'already_counted')
  await by.takes(erin, two, 'approved')

  // Written by somebody who stands behind the ask: an admin cannot choose who approves what she asks.
  const admins = await on.client({ owners: ['U0ADMIN'] })
  const friend = on.hire().id
  const { reply } = await on.slack
    .as('U0ADMIN')
    .command('/approvals', `delegate @${handle(erin)} to @${handle(friend)} for 1h`)
  expect(reply?.text).toMatch(/^Recorded/)
  await by.refuses(friend, await on.ask('live', {}, admins), 'not_an_approver')
  await by.takes(friend, await on.ask('live'), 'approved')
})
