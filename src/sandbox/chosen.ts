import { stateOf, type Values, withChoice } from './inputs.ts'
import { type JsonObject, textOf } from './json.ts'

interface Shown {
  readonly channel: string
  readonly ts: string
  readonly blocks: readonly JsonObject[]
}

/** What each person has chosen in the selects and pickers of messages. Slack sends it with every click in the message. */
export class ChosenInMessages {
  readonly #values = new Map<string, Values>()

  choose(userId: string, at: Shown, action: JsonObject, held: JsonObject): void {
    const values = this.of(userId, at)
    this.#values.set(key(userId, at), withChoice(values, textOf(action.block_id), textOf(action.action_id), held))
  }

  /** Of the elements that the message has now. */
  of(userId: string, at: Shown): Values {
    return stateOf(at.blocks, this.#values.get(key(userId, at)) ?? {})
  }
}

function key(userId: string, at: Shown): string {
  return `${userId} ${at.channel} ${at.ts}`
}
