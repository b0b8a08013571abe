import type { Command } from 'commander'
import { createLog, type Log } from '../log.ts'
import type { House } from '../serve.ts'
import { newCommand } from './command.ts'
import { sentence, serverSettings } from './settings.ts'

/** SIGTERM to exit, at most. */
const STOP_WITHIN_MS = 9_500
const CONNECT_MS = 60_000

const EXITS = `
Exit codes:
  0  stopped by SIGTERM or SIGINT
  1  could not go on
  2  settings or policy are wrong (all problems are listed)
  3  the database cannot be used
  4  another Countersign serves this database
  5  the port is taken`

export function serveCommand(): Command {
  return newCommand('serve', 'Run the server: HTTP API and Slack on one port', ['serve', 'serve --json'])
    .addHelpText('after', EXITS)
    .action(async (options: { json?: boolean }) => process.exit(await run(options.json === true)))
}

/** @returns the exit code. */
async function run(json: boolean): Promise<number> {
  const { config, secrets, warnings } = await serverSettings()
  const log = createLog(config.logLevel, json ? 'json' : config.logFormat)
  for (const warning of warnings) log.warn({ variable: warning.variable }, sentence(warning))
  const ended = whatEndsIt(log)
  const { serve } = await import('../serve.ts')
  const house = await serve(config, secrets, log)
  void announce(house, config.slackMode, log)
  const gaveUp = house.fatal.then((reason) => {
    log.fatal({ reason }, 'cannot go on: stopping')
    return 1
  })
  const exitCode = await Promise.race([ended, gaveUp])
  return (await stopped(house, log)) ? exitCode : 1
}

/** The exit code after a signal, or after an error that nobody handled: what it left half done is unknown, so nothing more is decided (F20). */
function whatEndsIt(log: Log): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'stopping; another signal ends it at once')
        for (const again of ['SIGTERM', 'SIGINT'] as const) process.once(again, () => process.exit(1))
        resolve(0)
      })
    }
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error) => {
        log.fatal({ err: error, event }, 'an error that nobody handled')
        resolve(1)
      })
    }
  })
}

/** "ready" is said once, when the port answers and Slack is connected; until then the API is served. */
async function announce(house: House, mode: string, log: Log): Promise<void> {
  log.info({ url: house.url }, 'listening')
  while (!(await house.connected(CONNECT_MS))) {
    log.warn({ mode }, 'Slack is not connected yet; requests are taken and wait. "countersign doctor" says more.')
  }
  log.info({ url: house.url, mode, pid: process.pid, node: process.version }, 'ready')
}

async function stopped(house: House, log: Log): Promise<boolean> {
  const deadline = new Promise<false>((resolve) => setTimeout(() => resolve(false), STOP_WITHIN_MS).unref())
  const stop = house.stop().then(
    () => true,
    (error: unknown) => {
      log.error({ err: error }, 'could not stop in order')
      return false
    },
  )
  const done = await Promise.race([stop, deadline])
  if (done) log.info('stopped')
  else log.error('what is under way did not end in time; everything that was answered is on disk')
  return done
}
