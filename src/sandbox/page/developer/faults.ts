import type { DeliveryFault, DeliveryKind, DisconnectReason, Fault } from '../../types.ts'
import type { ActiveFault } from '../../wire.ts'

/** The body of `POST /control/faults`. */
type FaultBody = ActiveFault['fault']

/** What a person chose beside a breakage. */
export interface Choice {
  readonly method: string
  /** Seconds or copies, as the breakage asks. */
  readonly amount: number
  readonly error: string
  /** null is until it is mended. */
  readonly times: number | null
}

/** A way to break Slack on purpose. */
export interface Breakage {
  readonly id: string
  readonly title: string
  /** What will happen, for whoever is about to press the button. */
  readonly says: string
  /** The methods to choose from, the first one chosen; absent where it strikes every method, or none. */
  readonly methods?: readonly string[]
  readonly amount?: { readonly unit: string; readonly initial: number; readonly min: number; readonly max: number }
  readonly errors?: readonly string[]
  readonly times: number | null
  /** The sockets are cut as well. */
  readonly cutsSockets?: true
  body(choice: Choice): FaultBody
}

const EVERY = '*'
const METHODS = [
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'views.open',
  'views.publish',
  'users.info',
  EVERY,
]
const MANY = [EVERY, ...METHODS.slice(0, -1)]

/** Of the Web API. */
export const API_BREAKAGES: readonly Breakage[] = [
  {
    id: 'down',
    title: 'Slack down',
    says: 'Every Web API method answers 503 and the sockets are cut: nothing gets in or out until it is mended.',
    times: null,
    cutsSockets: true,
    body: ({ times }) => ({ api: { method: EVERY, kind: 'status', status: 503, ...often(times) } }),
  },
  {
    id: 'slow',
    title: 'Slow',
    says: 'Slack answers as it should, but late. Clicks should still be acknowledged at once.',
    methods: MANY,
    amount: { unit: 'seconds', initial: 3, min: 1, max: 600 },
    times: null,
    body: ({ method, amount, times }) => ({ api: { method, kind: 'slow', ms: amount * 1000, ...often(times) } }),
  },
  {
    id: 'ratelimited',
    title: 'Rate limited',
    says: 'Slack answers 429 with this Retry-After. The app should wait exactly so long, and only with this method.',
    methods: METHODS,
    amount: { unit: 'seconds', initial: 10, min: 1, max: 3600 },
    times: 1,
    body: ({ method, amount, times }) => ({
      api: { method, kind: 'ratelimited', retryAfter: amount, ...often(times) },
    }),
  },
  {
    id: 'lost-answer',
    title: '500 after it was done',
    says: 'The post happens, but the answer is a 500. An app that simply posts again makes it twice.',
    methods: METHODS,
    times: 1,
    body: ({ method, times }) => ({ api: { method, kind: 'status_after_commit', status: 500, ...often(times) } }),
  },
  {
    id: 'timeout-after',
    title: 'No answer after it was done',
    says: 'The post happens and the line stays silent until the app gives up. It cannot know whether it was done.',
    methods: METHODS,
    times: 1,
    body: ({ method, times }) => ({ api: { method, kind: 'timeout_after_commit', ...often(times) } }),
  },
  {
    id: 'malformed',
    title: 'Broken answer',
    says: 'The post happens, and the answer is JSON that breaks off in the middle.',
    methods: METHODS,
    times: 1,
    body: ({ method, times }) => ({ api: { method, kind: 'malformed', ...often(times) } }),
  },
  {
    id: 'error',
    title: 'Refused',
    says: 'Slack refuses the method with this error of its own, and does nothing.',
    methods: METHODS,
    errors: [
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'missing_scope',
      'expired_trigger_id',
      'fatal_error',
    ],
    times: 1,
    body: ({ method, error, times }) => ({ api: { method, kind: 'error', error, ...often(times) } }),
  },
]

/** Of the way from Slack to the app. */
export const DELIVERY_BREAKAGES: readonly Breakage[] = [
  {
    id: 'duplicate',
    title: 'Deliver twice',
    says: 'Each click, command or event arrives more than once, byte for byte the same. It must count once.',
    amount: { unit: 'copies', initial: 2, min: 2, max: 10 },
    times: 1,
    body: ({ amount, times }) => ({ delivery: { kind: 'duplicate', copies: amount, ...often(times) } }),
  },
  {
    id: 'late',
    title: 'Deliver late',
    says: 'Each click, command or event reaches the app so much later; its trigger may be over by then.',
    amount: { unit: 'seconds', initial: 5, min: 1, max: 600 },
    times: 1,
    body: ({ amount, times }) => ({ delivery: { kind: 'late', ms: amount * 1000, ...often(times) } }),
  },
  {
    id: 'lost',
    title: 'Lose it',
    says: 'Each click, command or event never arrives; the person sees Slack’s error.',
    times: 1,
    body: ({ times }) => ({ delivery: { kind: 'lost', ...often(times) } }),
  },
]

/** Of the sockets: at once, and once. */
export const DISCONNECTS: readonly {
  readonly reason: DisconnectReason
  readonly title: string
  readonly says: string
}[] = [
  {
    reason: 'cut',
    title: 'Cut the sockets',
    says: 'The connections break without a word, as when a network cable is pulled. The app has to notice and come back.',
  },
  {
    reason: 'refresh_requested',
    title: 'Refresh the sockets',
    says: 'Slack says goodbye as it does every few hours (refresh_requested). The app opens a new socket and loses nothing.',
  },
  {
    reason: 'too_many_websockets',
    title: 'Too many sockets',
    says: 'Slack sends the open sockets away with too_many_websockets, as when the app runs too many times.',
  },
]

function often(times: number | null): { times?: number } {
  return times === null ? {} : { times }
}

/** An active fault in a few words: `chat.postMessage: HTTP 500 after it was done`. */
export function faultInWords({ fault }: ActiveFault): string {
  return 'api' in fault ? apiFault(fault.api) : deliveryFault(fault.delivery)
}

export function leftInWords(left: number | null): string {
  if (left === null) return 'until mended'
  return left === 1 ? 'once more' : `${left} more times`
}

function apiFault(fault: Fault): string {
  const where = fault.method === EVERY ? 'Every method' : fault.method
  return `${where}${fault.channel === undefined ? '' : ` in ${fault.channel}`}: ${apiDeed(fault)}`
}

function apiDeed(fault: Fault): string {
  switch (fault.kind) {
    case 'error':
      return `refused with ${fault.error}`
    case 'ratelimited':
      return fault.retryAfter === null ? '429 without Retry-After' : `429, Retry-After ${fault.retryAfter ?? 1} s`
    case 'status':
      return `HTTP ${fault.status}`
    case 'status_after_commit':
      return `HTTP ${fault.status} after it was done`
    case 'slow':
      return `answered ${seconds(fault.ms)} later`
    case 'timeout_after_commit':
      return 'no answer after it was done'
    case 'timeout_before_commit':
      return 'neither done nor answered'
    case 'reset_after_commit':
      return 'connection reset after it was done'
    case 'malformed':
      return 'broken answer after it was done'
  }
}

const KINDS: Readonly<Record<DeliveryKind, string>> = {
  interactive: 'clicks and forms',
  slash_commands: 'commands',
  events_api: 'events',
}

function deliveryFault(fault: DeliveryFault): string {
  const what = fault.kinds?.map((kind) => KINDS[kind]).join(' and ') ?? 'Deliveries'
  switch (fault.kind) {
    case 'duplicate':
      return `${what}: ${fault.copies} copies each`
    case 'late':
      return `${what}: ${seconds(fault.ms)} late`
    case 'lost':
      return `${what}: lost`
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}
