import type { Delegation } from '../../approval/delegation.ts'
import { isRefusal } from '../../approval/refusal.ts'
import { delegationLine, delegationTexts } from '../cards/orders.ts'
import { ours } from '../cards/rich.ts'
import { escapeMrkdwn, inertLine } from '../cards/text.ts'
import { refusedMessage } from '../refused.ts'
import type { Message } from '../replies.ts'
import type { Asked, Verb } from './asked.ts'
import { readSpan } from './span.ts'

const HINT =
  'For example `/approvals delegate @dave until 2026-12-31 18:00`, `… until friday`, `… for 3d`, `… from monday until friday`; `/approvals delegate end @dave` ends it.'

/** Who speaks for whom while somebody is away. */
export const delegate: Verb = async (asked) => {
  const [first] = asked.words
  if (first === undefined) return list(asked)
  return first.toLowerCase() === 'end' ? end(asked) : give(asked)
}

async function list({ room, userId, audience }: Asked): Promise<Message> {
  const nowMs = room.now()
  const all = await room.service.reads.delegations(nowMs)
  const texts = delegationTexts(all, { userId, isAdmin: audience.isAdmin }, nowMs)
  if (texts.length === 0) return { text: `Nobody stands in for you, and you stand in for nobody. ${HINT}` }
  return { text: texts.join('\n'), blocks: [...texts, HINT].map(ours) }
}

async function give({ room, userId, words, speaker }: Asked): Promise<Message> {
  const parties = partiesOf(words, userId)
  if ('problem' in parties) return { text: parties.problem }
  const known = await room.directory.zoneOf(userId)
  const zone = known ?? 'UTC'
  const span = readSpan(parties.rest, { nowMs: room.now(), zone })
  if ('unclear' in span) return { text: `${escapeMrkdwn(inertLine(span.unclear, 300))} ${HINT}` }
  const { from, to } = parties
  const answer = await room.service.delegate(speaker, { from, to, ...span })
  if (isRefusal(answer)) return refusedMessage(room, answer)
  const line = delegationLine(answer.delegation, room.now())
  const where = known === null ? ' Slack names no time zone of yours, so what you typed was taken as UTC.' : ''
  return {
    text: `Recorded: ${line}.${where} The two count as one person, a vote names both, and neither can approve what either of them stands behind.`,
  }
}

interface Parties {
  readonly from: string
  readonly to: string
  readonly rest: readonly string[]
}

/** `@dave …`, `to @dave …` or `@bob to @dave …`. */
function partiesOf(
  [first = '', second = '', third = '', ...rest]: readonly string[],
  userId: string,
): Parties | Problem {
  if (first.toLowerCase() === 'to') return partiesOf([second, third, ...rest].filter(Boolean), userId)
  const one = personIn(first)
  if (typeof one !== 'string') return one
  if (second.toLowerCase() !== 'to') return { from: userId, to: one, rest: [second, third, ...rest].filter(Boolean) }
  const other = personIn(third)
  return typeof other === 'string' ? { from: one, to: other, rest } : other
}

interface Problem {
  readonly problem: string
}

/** A Slack user id out of a mention; names are not unique, so no name is taken. */
function personIn(word: string): string | Problem {
  const [, id] = /^<@([UW][A-Z0-9]{1,30})>$/.exec(word) ?? []
  if (id !== undefined) return id
  if (word === '') return { problem: `To whom? ${HINT}` }
  if (/^<(?:!subteam\^|#)/.test(word) || /^<?[!@](?:channel|here|everyone)>?$/.test(word)) {
    return { problem: `A delegation is to one person, never to a group or a channel. ${HINT}` }
  }
  const shown = escapeMrkdwn(inertLine(word, 80))
  return {
    problem: `“${shown}” is nobody whom Slack knows: pick the person from the list that opens when you type @. ${HINT}`,
  }
}

async function end({ room, userId, audience, words, speaker }: Asked): Promise<Message> {
  const [, which, ...more] = words
  if (which === undefined)
    return { text: 'Which one? `/approvals delegate end @dave`, or its id; `/approvals delegate` lists them.' }
  if (more.length > 0) return { text: '`/approvals delegate end` takes one person or one id. Nothing was done.' }
  const nowMs = room.now()
  const all = await room.service.reads.delegations(nowMs)
  const isHers = ({ from, to }: Delegation) => audience.isAdmin || from === userId || to === userId
  const found = all.filter((each) => isHers(each) && isMeant(each, which, userId))
  const [one, other] = found
  if (!one) {
    // Somebody else's, named by its id: she is told of nothing, and the service keeps that she tried.
    const others = all.find(({ id }) => id.toLowerCase() === which.toLowerCase())
    if (others) await room.service.endDelegation(speaker, others.id)
    return { text: 'There is no such delegation of yours. `/approvals delegate` lists them.' }
  }
  if (other) {
    const lines = found.slice(0, 8).map((each) => `• ${delegationLine(each, nowMs)}`)
    return { text: `There are several: name the one by its id.\n${lines.join('\n')}` }
  }
  const answer = await room.service.endDelegation(speaker, one.id)
  if (isRefusal(answer)) return refusedMessage(room, answer)
  return { text: `Recorded: it is over. ${delegationLine(one, nowMs)}` }
}

/** By its id, or by the other of the two; an admin may name either of them. */
function isMeant({ id, from, to }: Delegation, which: string, userId: string): boolean {
  if (id.toLowerCase() === which.toLowerCase()) return true
  const person = personIn(which)
  if (typeof person !== 'string') return false
  return (
    (from === userId && to === person) ||
    (to === userId && from === person) ||
    (from !== userId && to !== userId && (from === person || to === person))
  )
}
