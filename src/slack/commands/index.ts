import { DirectoryError } from '../../eligibility.ts'
import { Audience } from '../audience.ts'
import { LATE, within } from '../deadline.ts'
import { inWords } from '../failure.ts'
import type { Room } from '../parts.ts'
import type { CommandLine } from '../payload.ts'
import type { Message, Reply } from '../replies.ts'
import { speaker } from '../speaker.ts'
import type { Opening, Verb } from './asked.ts'
import { audit } from './audit.ts'
import { breakglass } from './breakglass.ts'
import { clients } from './clients.ts'
import { delegate } from './delegate.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { nearest, readLine } from './line.ts'
import { mine } from './mine.ts'
import { pause, resume } from './pause.ts'
import { pending } from './pending.ts'
import { policy } from './policy.ts'
import { revoke } from './revoke.ts'
import { show } from './show.ts'
import { withdraw } from './withdraw.ts'

/** The one command of ours. */
export const COMMAND = '/approvals'

interface Entry {
  readonly verb: Verb
  readonly isForAdmins?: true
  /** What it orders for everybody: who may not leaves a trace. */
  readonly order?: 'pause' | 'resume'
  /** Takes nothing after it. */
  readonly isBare?: true
}

const VERBS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['help', { verb: help, isBare: true }],
  ['pending', { verb: pending, isBare: true }],
  ['mine', { verb: mine, isBare: true }],
  ['show', { verb: show }],
  ['withdraw', { verb: withdraw }],
  ['revoke', { verb: revoke }],
  ['delegate', { verb: delegate }],
  ['breakglass', { verb: breakglass }],
  ['pause', { verb: pause, isForAdmins: true, order: 'pause' }],
  ['resume', { verb: resume, isForAdmins: true, order: 'resume' }],
  ['history', { verb: history, isForAdmins: true, isBare: true }],
  ['policy', { verb: policy, isForAdmins: true, isBare: true }],
  ['clients', { verb: clients, isForAdmins: true, isBare: true }],
  ['audit', { verb: audit, isForAdmins: true, isBare: true }],
])

/** Slack shows the person an error after three seconds. */
const PATIENCE_MS = 2_000

const SLOW: Message = { text: 'Slack is slow to tell what concerns you. The answer follows here.' }
const UNKNOWN: Message = {
  text: 'Slack did not tell who you are or which groups you are in, so nothing can be shown. Try again in a minute.',
}
const FAILED: Message = { text: 'That could not be answered. Try again in a moment; if it stays so, tell an admin.' }
const NOT_A_MEMBER: Message = { text: 'Countersign answers full members of this workspace only. Ask one of them.' }
const SHARED: Message = {
  text: 'People of other organisations are in this channel, or Slack does not say. Ask again in a direct message with the app, in another channel, or open the app’s Home tab.',
}
const NOT_OPENED: Message = { text: 'Slack did not open the window, and nothing was done. Please type it again.' }

/** Answers one line, to the one who typed it alone. */
export async function answerCommand(room: Room, line: CommandLine, reply: Reply): Promise<void> {
  const work = answer(room, line)
  const early = await within(work, PATIENCE_MS)
  if (early === LATE) {
    await reply.ack({ response_type: 'ephemeral', ...SLOW })
    const late = await work
    return 'view' in late ? open(room, line, reply, late) : reply.tell(late)
  }
  if ('view' in early) {
    await reply.ack()
    return open(room, line, reply, early)
  }
  const { text, blocks } = early
  await reply.ack({ response_type: 'ephemeral', text, ...(blocks ? { blocks } : {}) })
}

async function open(
  { clients, log }: Room,
  { triggerId }: CommandLine,
  reply: Reply,
  { view }: Opening,
): Promise<void> {
  try {
    await clients.answering.views.open({ trigger_id: triggerId ?? '', view })
  } catch (error) {
    log.warn({ reason: inWords(error) }, 'a window could not be opened')
    await reply.tell(NOT_OPENED)
  }
}

/** Never throws: whatever goes wrong is said. */
async function answer(room: Room, line: CommandLine): Promise<Message | Opening> {
  try {
    const member = await room.directory.member(line.userId)
    if (!member || member.barred) return NOT_A_MEMBER
    return await obey(room, line)
  } catch (error) {
    if (error instanceof DirectoryError) {
      room.log.warn({ reason: inWords(error) }, 'Slack did not tell who asks')
      return UNKNOWN
    }
    room.log.error({ err: error }, 'a command could not be answered')
    return FAILED
  }
}

async function obey(room: Room, { text, userId, channel }: CommandLine): Promise<Message | Opening> {
  const { verb, words, after } = readLine(text)
  const [name, said] = verb.startsWith('req_') ? ['show', [verb]] : [verb || 'pending', words]
  const entry = VERBS.get(name)
  if (!entry) return unknownVerb(name)
  const audience = new Audience(room, userId)
  // Asked of the policy in force, of a member that Slack has just confirmed; the service asks again before it does anything.
  const place = isDirect(channel) ? null : channel
  if (entry.isForAdmins && !audience.isAdmin) {
    if (entry.order) await room.service.orderedInVain(speaker(room, userId, place), entry.order)
    return forAdmins(name)
  }
  if (entry.verb !== help && (await isShared(room, channel))) return SHARED
  const asked = { room, userId, audience, speaker: speaker(room, userId, place), words: said, after }
  const message = await entry.verb(asked)
  return entry.isBare && said.length > 0 && !('view' in message) ? withHint(message, name) : message
}

/** The answer is hers alone, but a shared channel is no place to read a payload in; one we may not look into is taken for shared. */
async function isShared({ directory }: Room, channel: string): Promise<boolean> {
  if (isDirect(channel)) return false
  try {
    return await directory.isExternal(channel)
  } catch (error) {
    if (error instanceof DirectoryError) return true
    throw error
  }
}

/** A direct message between two people is closed to us, and to everybody else. */
const isDirect = (channel: string): boolean => channel.startsWith('D')

const forAdmins = (name: string): Message => ({
  text: `\`${COMMAND} ${name}\` is for admins. \`${COMMAND} help\` lists what there is for you.`,
})

function unknownVerb(name: string): Message {
  const meant = nearest(name, VERBS.keys())
  const hint = meant ? `Did you mean \`${COMMAND} ${meant}\`? ` : ''
  return { text: `There is no such word here. ${hint}\`${COMMAND} help\` lists them all.` }
}

function withHint(message: Message, name: string): Message {
  const hint = `\`${COMMAND} ${name}\` takes nothing after it; the rest was ignored.`
  return {
    text: `${message.text} (${hint})`,
    ...(message.blocks
      ? { blocks: [...message.blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: hint }] }] }
      : {}),
  }
}
