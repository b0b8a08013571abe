import type { DeedResult } from '../wire.ts'
import { commandIn, parseCommand } from './hints.ts'
import type { Live } from './live.ts'
import { sentenceOf } from './sentence.ts'

export interface Where {
  readonly channel: string
  readonly threadTs?: string | undefined
}

/** What became of something typed: what was not sent stays where it was typed. */
export interface Sent {
  readonly sent: boolean
  /** What Slack says about it to the person; mostly nothing. */
  readonly notice: string
}

/** Sends what was typed, as a message or as a command. */
export async function send(live: Live, typed: string, { channel, threadTs }: Where): Promise<Sent> {
  const command = parseCommand(typed)
  if (!command) {
    const reply = threadTs === undefined ? {} : { threadTs }
    return outcome(live.do('say', { channel, text: typed.trim(), ...reply }))
  }
  const { name } = command
  if (!commandIn(typed, live.state.facts)) return { sent: false, notice: unknownCommand(name) }
  if (threadTs !== undefined) return { sent: false, notice: `${name} is not supported in threads. Sorry!` }
  return outcome(live.do('command', { ...command, channel }))
}

async function outcome(deed: Promise<DeedResult>): Promise<Sent> {
  return deed.then(
    ({ error = '' }) => ({ sent: true, notice: error }),
    (problem) => ({ sent: false, notice: sentenceOf(problem).error ?? '' }),
  )
}

function unknownCommand(name: string): string {
  return `${name} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands. To send a message that begins with "/", put a space before it.`
}
