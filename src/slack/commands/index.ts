import { DirectoryError } from '../../eligibility.ts'
import { Audience } from '../audience.ts'
import { LATE, within } from '../deadline.ts'
import { inWords } from '../failure.ts'
import type { Room } from '../parts.ts'
import type { CommandLine } from '../payload.ts'
import type { Message, Reply } from '../replies.ts'
import type { Verb } from './asked.ts'
import { help } from './help.ts'
import { nearest, readLine } from './line.ts'
import { mine } from './mine.ts'
import { pending } from './pending.ts'
import { show } from './show.ts'

/** The one command of ours. */
export const COMMAND = '/approvals'

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['help', help],
  ['pending', pending],
  ['mine', mine],
  ['show', show],
])
/** The admins' verbs: their names are kept. */
const RESERVED = new Set(['history', 'policy', 'clients', 'audit', 'pause', 'resume', 'delegate', 'breakglass'])

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

/** Answers one line, to the one who typed it alone. */
export async function answerCommand(room: Room, line: CommandLine, reply: Reply): Promise<void> {
  const work = answer(room, line)
  const early = await within(work, PATIENCE_MS)
  await reply.ack({ response_type: 'ephemeral', ...(early === LATE ? SLOW : early) })
  if (early === LATE) await reply.tell(await work)
}

/** Never throws: whatever goes wrong is said. */
async function answer(room: Room, line: CommandLine): Promise<Message> {
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

async function obey(room: Room, { text, userId, channel }: CommandLine): Promise<Message> {
  const typed = readLine(text)
  const [name, words] = typed.verb.startsWith('req_') ? ['show', [typed.verb]] : [typed.verb || 'pending', typed.words]
  const audience = new Audience(room, userId)
  if (RESERVED.has(name)) return reserved(name, audience.isAdmin)
  const verb = VERBS.get(name)
  if (!verb) return unknownVerb(name)
  if (verb !== help && (await isShared(room, channel))) return SHARED
  const message = await verb({ room, userId, audience, words })
  return verb !== show && words.length > 0 ? withHint(message, name) : message
}

/** The answer is hers alone, but a shared channel is no place to read a payload in; one we may not look into is taken for shared. */
async function isShared({ directory }: Room, channel: string): Promise<boolean> {
  // A direct message between two people is closed to us, and to everybody else.
  if (channel.startsWith('D')) return false
  try {
    return await directory.isExternal(channel)
  } catch (error) {
    if (error instanceof DirectoryError) return true
    throw error
  }
}

const reserved = (name: string, isAdmin: boolean): Message => ({
  text: isAdmin
    ? `\`${COMMAND} ${name}\` comes in a later version. \`${COMMAND} help\` lists what there is.`
    : `\`${COMMAND} ${name}\` is for admins. \`${COMMAND} help\` lists what there is for you.`,
})

function unknownVerb(name: string): Message {
  const meant = nearest(name, [...VERBS.keys(), ...RESERVED])
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
