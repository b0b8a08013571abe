import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { eventually, POLICY, refusals, type Stage, stage, status, told } from './door.ts'

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

it('B18 B25 whoever says yes once the policy takes no late joiners reads why it does not count', async () => {
  on = await stage('socket')
  const { request, card } = await on.askAndPost()
  on.setPolicy(
    policyFrom(POLICY.replace('[{ from: data-owners }]', '[{ from: data-owners }]\n    late_joiners: false')),
  )
  await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
  const sentence = /^Not counted: .*no late joiners of data-owners now.*asked again\.$/
  expect(await told(on.sandbox.as('U0BOB'), sentence)).toMatch(sentence)
  expect(await status(on, request.id)).toBe('pending')
  expect(await refusals(on, request.id)).toEqual(['policy_changed'])
})
