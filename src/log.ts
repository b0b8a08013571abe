import { type Logger, pino } from 'pino'
import { MASK, maskText } from './approval/redact.ts'

export type Log = Logger

/** Fields that hold secrets, masked at the top of a line and one level down. */
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
      formatters: { level: (label) => ({ level: label }), log: maskTexts },
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: MASK },
      serializers: { err: (error: Error) => maskTexts(pino.stdSerializers.err(error), 0) },
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

/** Masks the texts of a log line, its plain objects and lists included, to a depth that keeps a line cheap. */
function maskTexts(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maskValue(value, depth)]))
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value)
  if (value === null || typeof value !== 'object' || depth >= 3) return value
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? maskTexts(value, depth + 1) : value
}
