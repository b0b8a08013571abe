import { expect } from 'vitest'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { DeliveryResult, View } from '../../src/sandbox/index.ts'
import { ACTION, REASON_INPUT } from '../../src/slack/cards/ids.ts'
import type { Shown } from '../api.ts'
import { cardOf, isLive } from '../people.ts'
import type { Entry, Stage } from './stage.ts'
import type { SurfaceName } from './surfaces.ts'

export type Verdict = 'approve' | 'deny' | 'withdraw'

/** What came of a word. */
export interface Answer {
  /** Null where it was taken. */
  readonly refused: string | null
  readonly request: ApprovalRequest
  /** What the log holds of it. */
  readonly entries: readonly Entry[]
}

interface Saying {
  /** Another digest than the request's, sixteen hex digits or more. */
  readonly digest?: string
}

type Say = (userId: string, request: Shown, verdict: Verdict, saying: Saying) => Promise<string | null>

/** A surface on which people decide, in the house that it belongs to. */
export class Voice {
  readonly name: SurfaceName
  readonly on: Stage
  readonly #say: Say

  constructor(name: SurfaceName, on: Stage) {
    this.name = name
    this.on = on
    this.#say = { ...SAYINGS, 'command line': cannot }[name](on)
  }

  async say(userId: string, request: Shown, verdict: Verdict = 'approve', saying: Saying = {}): Promise<Answer> {
    const before = (await this.on.entries(request.id)).length
    const told = await this.#say(userId, request, verdict, saying)
    const entries = (await this.on.entries(request.id)).slice(before)
    const refused = entries.find(({ type }) => type === 'decision.refused')?.code ?? told
    return { refused, request: await this.on.request(request.id), entries }
  }

  /** Her yes is not taken: she is told, the request stays as it was, and the log holds who tried what. */
  async refuses(userId: string, request: Shown, code: string, saying: Saying = {}): Promise<void> {
    const before = await this.on.request(request.id)
    const answer = await this.say(userId, request, 'approve', saying)
    expect(answer.refused, `${userId} by ${this.name}`).toBe(code)
    expect(answer.request).toEqual(before)
    const kept = (await this.on.entries(request.id)).filter(
      ({ type, actor, code: said }) => type === 'decision.refused' && actor.endsWith(`:${userId}`) && said === code,
    )
    expect(kept.length, `the log holds that ${userId} was refused`).toBeGreaterThan(0)
  }

  /** Her yes is taken. @returns the request after it. */
  async takes(userId: string, request: Shown, status: ApprovalRequest['status']): Promise<ApprovalRequest> {
    const answer = await this.say(userId, request)
    expect([answer.refused, answer.request.status], `${userId} by ${this.name}`).toEqual([null, status])
    return answer.request
  }
}

const cannot = (): Say => () => Promise.reject(new Error('nobody decides on the command line'))

const buttonOf = (request: Shown, { digest }: Saying): string =>
  `${request.id}:${digest ?? request.payload_digest.slice(7, 23)}`

/** Everything that this person alone is shown. */
const shownTo = (on: Stage, userId: string): number => {
  const person = on.slack.as(userId)
  return person.ephemerals().length + person.modals().length + person.dms().length
}

/** Lets her do something in Slack, and waits until it is in the log or she is told something. */
async function inSlack(
  on: Stage,
  userId: string,
  request: Shown,
  deed: () => Promise<unknown>,
): Promise<string | null> {
  const [known, shown] = [(await on.entries(request.id)).length, shownTo(on, userId)]
  await deed()
  for (const deadline = performance.now() + 8_000; performance.now() < deadline; ) {
    const entries = (await on.entries(request.id)).slice(known)
    if (entries.length > 0) return null
    // Told and nothing new in the log: the same refusal was kept within this minute, or nobody was asked at all.
    if (shownTo(on, userId) > shown) return (await lastRefusal(on, userId, request)) ?? 'not_heard'
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`Slack heard nothing of ${userId} on ${request.id}`)
}

const lastRefusal = async (on: Stage, userId: string, { id }: Shown): Promise<string | undefined> =>
  (await on.entries(id)).findLast(({ type, actor }) => type === 'decision.refused' && actor.endsWith(`:${userId}`))
    ?.code ?? undefined

interface Place {
  readonly channel: string
  readonly ts: string
}

async function byCard(on: Stage, userId: string, request: Shown, verdict: Verdict, saying: Saying) {
  const { slack } = on
  const person = slack.as(userId)
  if (verdict === 'withdraw') return inSlack(on, userId, request, () => takeBack(on, userId, request))
  const { channel, ts } = await cardOf(slack, await channelOf(on, request), request.id)
  const card = slack.message(channel, ts)
  const forged = !card || !isLive(card) || saying.digest !== undefined
  const value = forged ? { overrideValue: buttonOf(request, saying) } : {}
  if (verdict === 'deny') return inSlack(on, userId, request, () => denied(on, userId, request, { channel, ts }))
  return inSlack(on, userId, request, () => person.click(channel, ts, ACTION.approve, value))
}

export const channelOf = async (on: Stage, { id }: Shown): Promise<string> =>
  (await on.request(id)).policy.channels[0] ?? 'no channel'

/** By the button among the details of the card. */
async function takeBack(on: Stage, userId: string, request: Shown): Promise<DeliveryResult> {
  const person = on.slack.as(userId)
  const { channel, ts } = await cardOf(on.slack, await channelOf(on, request), request.id)
  await person.click(channel, ts, ACTION.details)
  const isOffer = ({ blocks }: View) => JSON.stringify(blocks).includes(ACTION.withdraw)
  const details = await on.slack.until(() => person.modals().findLast(isOffer), 'a button that takes it back')
  const result = await person.clickInView(details.id, ACTION.withdraw)
  for (const open of person.modals().toReversed()) await person.close(open.id)
  return result
}

async function denied(on: Stage, userId: string, request: Shown, { channel, ts }: Place): Promise<unknown> {
  const person = on.slack.as(userId)
  for (const older of person.modals().toReversed()) await person.close(older.id)
  await person.click(channel, ts, ACTION.deny, { overrideValue: buttonOf(request, {}) })
  const isForm = () => person.modals().find((view) => view.private_metadata.includes(request.id))
  const form = await on.slack.until(isForm, `the form for ${userId}`)
  return person.submit(form.id, { [REASON_INPUT.block]: { [REASON_INPUT.action]: 'not this way' } })
}

/** `/approvals show ID`, and the buttons of the answer; where there is none to click, a click that claims there was. */
async function bySlash(on: Stage, userId: string, request: Shown, verdict: Verdict, saying: Saying) {
  const person = on.slack.as(userId)
  if (verdict === 'withdraw') {
    return inSlack(on, userId, request, () => person.command('/approvals', `withdraw ${request.id}`))
  }
  const { reply } = await person.command('/approvals', `show ${request.id}`, { channel: 'C0APPROVALS' })
  if (!reply) throw new Error('/approvals show was not answered')
  if (verdict === 'deny') return inSlack(on, userId, request, () => denied(on, userId, request, reply))
  const value = { overrideValue: buttonOf(request, saying) }
  return inSlack(on, userId, request, () => person.click(reply.channel, reply.ts, ACTION.approve, value))
}

async function byApi(on: Stage, userId: string, request: Shown, verdict: Verdict, { digest }: Saying) {
  const api = await on.person(userId)
  const payload_digest = digest === undefined ? request.payload_digest : `sha256:${digest.padEnd(64, '0')}`
  const { status, body } = await api.call('POST', `/v1/requests/${request.id}/decisions`, { verdict, payload_digest })
  // Over HTTP nobody clicked a card.
  return status === 200 ? null : body.code.replace('digest_mismatch', 'stale_card')
}

type Said = (on: Stage, userId: string, request: Shown, verdict: Verdict, saying: Saying) => Promise<string | null>
const sayingBy =
  (said: Said) =>
  (on: Stage): Say =>
  (userId, request, verdict, saying) =>
    said(on, userId, request, verdict, saying)

const SAYINGS = {
  'Slack over HTTP': sayingBy(byCard),
  'Slack over Socket Mode': sayingBy(byCard),
  'slash command': sayingBy(bySlash),
  API: sayingBy(byApi),
}
