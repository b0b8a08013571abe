import { rmSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { Demo } from '../demo/demo.ts'
import { newCommand, print, printJson } from './command.ts'
import { EXIT, Failure } from './failure.ts'

/** What is tried first where no port was asked for. */
const USUAL_PORT = 4040
const STOP_WITHIN_MS = 9_500

export function demoCommand(): Command {
  return newCommand('demo', 'Try it in a browser: a Slack workspace in a box, pipelines that ask, people who answer', [
    'demo',
    'demo --port 5000',
  ])
    .option(
      '--port <number>',
      `where the page is (default: ${USUAL_PORT}, or a free one where it is taken)`,
      portNumber,
    )
    .action(async (options: { port?: number; json?: boolean }) => process.exit(await run(options)))
}

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 (any free port) to 65535.')
}

/** @returns the exit code. */
async function run({ port, json }: { port?: number; json?: boolean }): Promise<number> {
  // Before anything is opened: whoever changes her mind during the start leaves nothing behind either.
  const ended = new Promise<0>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve(0)
      })
    }
  })
  const demo = await opened(port)
  // The last resort, for an error that nobody handled.
  process.once('exit', () => rmSync(demo.directory, { recursive: true, force: true }))
  if (json) printJson({ ok: true, page: demo.page, api: demo.api, key: demo.key, curl: demo.curl })
  else print(welcome(demo))
  const gaveUp = demo.house.fatal.then((reason) => {
    throw new Failure('internal', `the demo cannot go on: ${reason}`, { exitCode: 1, hint: 'Start it again.' })
  })
  try {
    return await Promise.race([ended, gaveUp])
  } finally {
    await Promise.race([demo.stop(), new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())])
  }
}

async function opened(port: number | undefined): Promise<Demo> {
  const { startDemo } = await import('../demo/demo.ts')
  try {
    return await startDemo({ port: port ?? USUAL_PORT })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    if (port === undefined) return startDemo()
    throw new Failure('port_in_use', `port ${port} is taken by another program`, {
      exitCode: EXIT.portInUse,
      hint: 'Stop what listens there, give another --port, or none for any free one.',
    })
  }
}

const welcome = ({ page, api, key, curl }: Demo): string => `
  Open this in a browser:  ${page}

  It is a company's Slack on this machine, with the real Countersign in it. Nothing of it leaves this machine.
  The guided tour on the page takes three minutes.

  API         ${api}
  Client key  ${key}

  To ask something yourself, run this and answer on the page, as Carol in #approvals:

${curl.replaceAll(/^/gm, '    ')}

  Ctrl-C ends it and removes everything.
`
