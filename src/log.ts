import { type Logger, pino } from 'pino'
import { MASK, maskText } from './approval/redact.ts'

export type Log = Logger

/** Fields that hold secrets, wherever in a line they stand. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'slackBotToken',
  'slackAppToken',
  'slackSigningSecret',
]
const SECRET_NAMES: ReadonlySet<string> = new Set([...SECRET_FIELDS, 'set-cookie'].map((name) => name.toLowerCase()))

/** Deeper than anything of ours: what lies below is left out, for nobody has looked at it. */
const MOST_DEEP = 6
const TOO_DEEP = '[too deep]'

/**
 * JSON lines on stdout. Secrets are masked by the name of their field and, in texts, by their look: an error of a library
 * may quote the token it was called with, and a log travels further than a database.
 */
export function createLog(level: string, format: 'json' | 'pretty'): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: maskFields },
      // What a child says in each of its lines does not pass by the masks of the line.
      redact: { paths: SECRET_FIELDS, censor: MASK },
      // The one that is set otherwise reads an error behind the masks.
      serializers: { err: (masked: unknown) => masked },
      hooks: {
        logMethod(inputs, method) {
          for (const [i, input] of inputs.entries()) if (typeof input === 'string') inputs[i] = maskText(input)
          // An error alone would be its own message, past the line above.
          const [first] = inputs as readonly unknown[]
          if (inputs.length === 1 && first instanceof Error) inputs.push(maskText(first.message))
          return method.apply(this, inputs)
        },
      },
    },
    format === 'pretty'
      ? pino.transport({ target: 'pino-pretty', options: { destination: 1 } })
      : pino.destination({ dest: 1, sync: true }),
  )
}

/** The fields of a line or of an object in it, as they may be written. */
function maskFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase()) && value !== null && value !== undefined ? MASK : maskValue(value, depth),
    ]),
  )
}

/** A log must neither leak nor fail: whatever somebody puts into a line becomes plain data here, or its place is told. */
function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= MOST_DEEP) return TOO_DEEP
  try {
    if (value instanceof Error) return maskFields(pino.stdSerializers.err(value), depth + 1)
    if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1))
    // Dates and addresses say themselves how they are written.
    if ('toJSON' in value && typeof value.toJSON === 'function') return maskValue(value.toJSON(), depth + 1)
    return maskFields(value, depth + 1)
  } catch {
    return '[unreadable]'
  }
}
