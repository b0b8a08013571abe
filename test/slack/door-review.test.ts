import { afterEach, expect, it } from 'vitest'
import { shortDigest } from '../../src/approval/digest.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { ACTION, CALLBACK } from '../../src/slack/cards/ids.ts'
import { eventually, refusals, type Stage, stage, status } from './door.ts'

let on: Stage
afterEach(() => on.stop())

/** Too much for a card, so that it has to be reviewed page by page. */
const LONG = { params: { lines: Array.from({ length: 3_000 }, (_, i) => `line ${i} of what will be run`) } }
const buttonOf = (request: ApprovalRequest) => `${request.id}:${shortDigest(request.payloadDigest)}`

it('the yes at the end of a review counts only from the review, never from a message that shows a part', async () => {
  on = await stage('socket')
  const { request, card } = await on.askAndPost(LONG)
  const bob = on.sandbox.as('U0BOB')
  await bob.click(card.channel, card.ts, ACTION.approveReviewed, { overrideValue: buttonOf(request) })
  await eventually(() => bob.modals()[0], 'the review that he is shown instead')
  expect(await status(on, request.id)).toBe('pending')
  expect(await refusals(on, request.id)).toEqual([])
})

it.each([
  ['the first page of the review', ACTION.review, CALLBACK.review],
  ['another window', ACTION.details, CALLBACK.details],
])('the yes at the end of a review does not count from %s', async (_where, button, callback) => {
  on = await stage('socket')
  const { request, card } = await on.askAndPost(LONG)
  const bob = on.sandbox.as('U0BOB')
  await bob.click(card.channel, card.ts, button)
  const view = await eventually(() => bob.modals().find((open) => open.callback_id === callback), 'the window')
  const action = { type: 'button', action_id: ACTION.approveReviewed, block_id: 'b', action_ts: '1.1' }
  const before = view.hash
  await on.sandbox.deliver('interactive', {
    type: 'block_actions',
    user: { id: 'U0BOB', team_id: on.sandbox.teamId },
    team: { id: on.sandbox.teamId },
    api_app_id: on.sandbox.appId,
    trigger_id: '8.8.page',
    container: { type: 'view', view_id: view.id },
    view: view as never,
    actions: [{ ...action, value: buttonOf(request) }],
  })
  await eventually(() => bob.modals().some(({ hash }) => hash !== before), 'the beginning of the review')
  expect(bob.modals().at(-1)?.callback_id).toBe(CALLBACK.review)
  expect(await status(on, request.id)).toBe('pending')
  expect((await on.store.request(request.id))?.decisions).toEqual([])
})
