import { type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on stdout. */
export function createLog(level: string, format: 'json' | 'pretty'): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    format === 'pretty'
      ? pino.transport({ target: 'pino-pretty', options: { destination: 1 } })
      : pino.destination({ dest: 1, sync: true }),
  )
}
