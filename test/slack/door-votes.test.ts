import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { eventually, refusals, type Stage, stage, status } from './door.ts'

let on: Stage
afterEach(() => on.stop())

describe('a yes that was said before', () => {
  it.each([
    ['was deactivated', () => on.sandbox.setUser('U0BOB', { deleted: true })],
    ['left the group', () => on.sandbox.setGroup('S0DATA', { users: ['U0CAROL', 'U0ERIN'] })],
  ])('B16 of somebody who since %s fills no seat any more', async (_what, leave) => {
    on = await stage('socket')
    on.sandbox.setGroup('S0DATA', { users: ['U0BOB', 'U0CAROL', 'U0ERIN'] })
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    await eventually(async () => (await on.store.request(request.id))?.decisions.length === 1, 'the first yes')
    leave()
    await on.sandbox.as('U0CAROL').click(card.channel, card.ts, ACTION.approve)
    await eventually(async () => (await on.store.request(request.id))?.decisions.length === 2, 'the second yes')
    expect(await status(on, request.id)).toBe('pending')
  })
})

it('B12 an ask on behalf of a Slack id that is nobody’s is approved by nobody, as one of an address is', async () => {
  on = await stage('socket')
  const { request, card } = await on.askAndPost({ requester: { on_behalf_of: { slack_user_id: 'U0NOBODY' } } })
  await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
  expect(await status(on, request.id)).toBe('pending')
  expect(await refusals(on, request.id)).toEqual(['requester_unresolved'])
})
