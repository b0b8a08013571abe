import type { Person, View } from '../../src/sandbox/index.ts'
import { CALLBACK, GLASS_INPUT, NOTE_INPUT, SURE_INPUT } from '../../src/slack/cards/ids.ts'
import { eventually, type Stage } from './door.ts'

/** What people do in an emergency, and after one. */

export const WHY = 'the region is down and nobody of them answers <!channel>'

export const filled = (reason: string, sure: string = SURE_INPUT.yes) => ({
  [GLASS_INPUT.block]: { [GLASS_INPUT.action]: reason },
  [SURE_INPUT.block]: { [SURE_INPUT.action]: sure },
})
export const note = (text: string) => ({ [NOTE_INPUT.block]: { [NOTE_INPUT.action]: text } })

/** The state of the form as no client of Slack's would send it from here. */
export const forged = (ticked: boolean): object => ({
  values: {
    [GLASS_INPUT.block]: { [GLASS_INPUT.action]: { value: WHY } },
    ...(ticked
      ? { [SURE_INPUT.block]: { [SURE_INPUT.action]: { selected_options: [{ value: SURE_INPUT.yes }] } } }
      : {}),
  },
})

export const shown = (view: View | undefined): string => JSON.stringify(view?.blocks ?? '')

export const opened = (person: Person, callback: string): Promise<View> =>
  eventually(() => {
    const top = person.modals().at(-1)
    return top?.callback_id === callback ? top : null
  }, `the window ${callback}`)

/** Types the command that opens a window: it has no answer of its own. */
export async function opening(
  on: Stage,
  userId: string,
  id: string,
  callback: string = CALLBACK.breakGlass,
): Promise<View> {
  const result = await on.sandbox.as(userId).command('/approvals', `breakglass ${id}`, { channel: 'C0RANDOM' })
  if (!result.acked || result.reply) throw new Error(`answered in words: ${JSON.stringify(result)}`)
  return opened(on.sandbox.as(userId), callback)
}

/** A form that comes in as if Dave had sent it. */
export async function submitted(
  on: Stage,
  view: View,
  over: { readonly state: object; readonly private_metadata?: string },
) {
  const [result] = await on.sandbox.deliver('interactive', {
    type: 'view_submission',
    user: { id: 'U0DAVE', team_id: on.sandbox.teamId },
    team: { id: on.sandbox.teamId },
    api_app_id: on.sandbox.appId,
    trigger_id: '9.9.forged',
    view: { ...view, ...over } as never,
  })
  return result
}

/** Dave, who is on call, has broken the glass. */
export async function broken(on: Stage) {
  const { request, card } = await on.askAndPost({ action: 'glass.restart' })
  const view = await opening(on, 'U0DAVE', request.id)
  await on.sandbox.as('U0DAVE').submit(view.id, filled(WHY))
  const after = await on.store.request(request.id)
  if (!after?.brokenGlass) throw new Error('the glass held')
  return { request: after, card }
}
