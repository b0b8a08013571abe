/**
 * Where Slack's behaviour is undocumented or unmeasured, this is what the sandbox does. Everything here is our choice:
 * do not read it as a fact about Slack. Documented limits live beside the code that enforces them.
 */

/** Slack refused 11,341 and took 13,297 characters in different reports; its rule is not published. */
export const MESSAGE_TEXT_TOTAL = 13_000
/** Slack publishes no size for message metadata. */
export const METADATA_BYTES = 16_000
/** How long a Socket Mode url from apps.connections.open may be used. */
export const TICKET_MS = 30_000
/** How often the server pings. It must go on once it has begun: clients arm a timer on the first one. */
export const SERVER_PING_MS = 5_000
/** A socket that was told to go is dropped when it has not gone by then. */
export const DISCONNECT_GRACE_MS = 10_000
/** How long a stopping sandbox waits for its sockets' close handshake. */
export const GOODBYE_MS = 200
/** chat.postMessage: this many at once per channel before one a second holds. */
export const POST_BURST = 5
/** "Several hundred a minute" of messages for the whole workspace. */
export const WORKSPACE_POSTS_PER_MINUTE = 300
/** Methods with a "special" rate that nobody has published. */
export const SPECIAL_PER_MINUTE = 600
/** Events not acknowledged are sent again after these delays. */
export const EVENT_RETRY_MS = [0, 60_000, 300_000]
/** What a used or expired response_url answers. */
export const DEAD_RESPONSE_URL_STATUS = 404
/** What a response_url answers when its body is not a message. */
export const BAD_RESPONSE_STATUS = 400
/** The longest message a person can write. */
export const SAID_CHARACTERS = 12_000
/** How many calls of the Web API, and deliveries to the app, are remembered. */
export const CALLS_KEPT = 20_000
export const DELIVERIES_KEPT = 1_000
/** What the calls, and the deliveries, take at most when they are remembered; and the arguments of one call. */
export const JOURNAL_BYTES = 64_000_000
export const ARGS_BYTES = 100_000
/** Largest request body the Web API reads. */
export const BODY_BYTES = 5_000_000

/** What the sandbox's Slack client shows a person when an app does not answer. */
export const SHOWN = {
  command: (name: string, error: string) => `${name} failed with the error "${error}"`,
  noCommand: (name: string) =>
    `${name} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
  button: (error: string) => `This app did not respond (${error}). Try again later.`,
  modal: 'We had some trouble connecting. Try again?',
  options: 'The options could not be loaded.',
  required: 'Please complete this required field.',
  short: (least: number, length: number) => `At least ${count(least)} characters; this is ${count(length)}.`,
  long: (most: number, length: number) => `At most ${count(most)} characters; this is ${count(length)}.`,
  email: 'Please enter a valid email address.',
  url: 'Please enter a valid URL.',
  number: 'Please enter a number.',
  whole: 'Please enter a whole number.',
  least: (least: string) => `Please enter a number that is at least ${least}.`,
  most: (most: string) => `Please enter a number that is at most ${most}.`,
}

function count(number: number): string {
  return number.toLocaleString('en')
}
