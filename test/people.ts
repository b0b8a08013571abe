import type { AnySandbox } from '../src/sandbox/client/index.ts'
import type { DeliveryResult, SandboxMessage } from '../src/sandbox/index.ts'
import { ACTION, REASON_INPUT } from '../src/slack/cards/ids.ts'

/** What people see and do in a sandbox: in that of this process as in one that is reached through its control API. */

export const cardsOf = (slack: AnySandbox, channel: string, requestId: string): readonly SandboxMessage[] =>
  slack.messages(channel).filter((message) => JSON.stringify(message.blocks).includes(requestId))

/** The card of a request, once it is posted. */
export const cardOf = (
  slack: AnySandbox,
  channel: string,
  requestId: string,
  timeoutMs?: number,
): Promise<SandboxMessage> =>
  slack.until(() => cardsOf(slack, channel, requestId)[0], `a card of ${requestId} in ${channel}`, timeoutMs)

/** True where somebody could still answer on it. */
export const isLive = (message: SandboxMessage): boolean =>
  /"action_id":"countersign:(approve|review|deny)"/.test(JSON.stringify(message.blocks))

/** The card as it is now says this. */
export const cardSays = (slack: AnySandbox, card: SandboxMessage, text: string | RegExp, timeoutMs?: number) =>
  slack.until(
    () => {
      const message = slack.message(card.channel, card.ts)
      return message && says(JSON.stringify(message.blocks), text) ? message : undefined
    },
    `the card ${card.ts} to say ${text}`,
    timeoutMs,
  )

const says = (where: string, text: string | RegExp): boolean =>
  typeof text === 'string' ? where.includes(text) : text.test(where)

export const approve = (slack: AnySandbox, userId: string, card: SandboxMessage): Promise<DeliveryResult> =>
  slack.as(userId).click(card.channel, card.ts, ACTION.approve)

/** Clicks Deny and writes why into the form that this card opened; older forms are closed first. */
export async function deny(
  slack: AnySandbox,
  userId: string,
  card: SandboxMessage,
  reason: string,
): Promise<DeliveryResult> {
  const person = slack.as(userId)
  for (const older of person.modals().toReversed()) await person.close(older.id)
  const clicked = await person.click(card.channel, card.ts, ACTION.deny)
  if (!clicked.acked) return clicked
  const id = requestIdOf(card)
  const opened = () => person.modals().find((view) => view.private_metadata.includes(id))
  const form = await slack.until(opened, `the form for ${userId}`)
  return person.submit(form.id, { [REASON_INPUT.block]: { [REASON_INPUT.action]: reason } })
}

/** Which request a card shows. */
export const requestIdOf = (card: SandboxMessage): string =>
  /req_[0-9a-f]+/.exec(JSON.stringify(card.blocks))?.[0] ?? 'no request'

/** What only this person was told. */
export const isTold = (slack: AnySandbox, userId: string, text: string | RegExp): Promise<string> =>
  slack.until(
    () =>
      slack
        .as(userId)
        .ephemerals()
        .map((message) => message.text + JSON.stringify(message.blocks))
        .find((told) => says(told, text)),
    `${userId} to be told ${text}`,
  )
