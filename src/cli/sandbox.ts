import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { newCommand, print, printJson } from './command.ts'
import { EXIT, Failure } from './failure.ts'

const PORT = 4040

interface Options {
  readonly port: string
  readonly manifest?: string
  readonly deliverTo?: string
  readonly botToken?: string
  readonly appToken?: string
  readonly signingSecret?: string
  readonly json?: boolean
}

const MORE = `
Point a Bolt app at it with the four values that it prints: SLACK_API_URL goes into
clientOptions.slackApiUrl. Docs: docs/sandbox.md

Exit codes:
  0  stopped by SIGTERM or SIGINT
  2  an option or the manifest is wrong
  5  the port is taken`

export function sandboxCommand(): Command {
  return newCommand('sandbox', 'Run a toy Slack workspace on this machine, for any Slack app', [
    'sandbox',
    'sandbox --port 4040 --manifest manifest.yml',
    'sandbox --deliver-to http://127.0.0.1:3000/slack/events',
  ])
    .option('--port <number>', `where it listens on 127.0.0.1 (0 takes any free port)`, String(PORT))
    .option('--manifest <file>', 'the app manifest (YAML or JSON): name, commands, shortcuts, scopes, events')
    .option('--deliver-to <url>', 'deliver by signed HTTP to this address, instead of Socket Mode')
    .addOption(token('--bot-token <token>', 'the bot token to take, xoxb-…, so that it outlives a restart'))
    .addOption(token('--app-token <token>', 'the app token to take, xapp-…'))
    .addOption(token('--signing-secret <secret>', 'the signing secret to use'))
    .addHelpText('after', MORE)
    .action(run)
}

const token = (flags: string, description: string): Option => new Option(flags, `${description} (never a real one)`)

async function run(options: Options): Promise<void> {
  const port = portOf(options.port)
  const sandbox = await started(options, port)
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  if (options.json) printJson(readyLine(sandbox))
  else for (const line of welcome(sandbox, options)) print(line)
  await stopped
  await sandbox.stop()
  if (!options.json) print('stopped')
}

type Sandbox = Awaited<ReturnType<typeof started>>

async function started(options: Options, port: number) {
  const { anyApp, startSandbox, tokenProblems } = await import('../sandbox/index.ts')
  const tokens = {
    ...(options.botToken === undefined ? {} : { bot: options.botToken }),
    ...(options.appToken === undefined ? {} : { app: options.appToken }),
    ...(options.signingSecret === undefined ? {} : { signingSecret: options.signingSecret }),
  }
  const problems = tokenProblems(tokens)
  if (problems.length > 0) throw wrong(problems.join('; '), 'The sandbox invents tokens itself where none are given.')
  const requestUrl = options.deliverTo === undefined ? null : addressOf(options.deliverTo)
  const seed = options.manifest === undefined ? anyApp : await seedFrom(options.manifest)
  const sandbox = await startSandbox({ port, tokens, seed }).catch((error: unknown) => {
    throw taken(error, port)
  })
  sandbox.deliverTo(requestUrl)
  return sandbox
}

async function seedFrom(file: string) {
  const { parse } = await import('yaml')
  const { fromManifest } = await import('../sandbox/index.ts')
  try {
    return fromManifest(parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const what = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw wrong(`cannot read the manifest: ${what}`, 'Give the app manifest as YAML or JSON, as Slack exports it.')
  }
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw wrong(`--port ${text} is no port`, 'Give a number from 0 to 65535; 0 takes any free one.')
}

function addressOf(text: string): string {
  if (URL.parse(text)?.protocol === 'http:') return text
  throw wrong('--deliver-to must be an http:// address', 'Write for example http://127.0.0.1:3000/slack/events')
}

function taken(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  const hint = 'Stop what listens there, or give another --port (0 takes any free one).'
  return new Failure('port_in_use', `port ${port} is taken by another program`, { exitCode: EXIT.portInUse, hint })
}

const wrong = (what: string, hint: string): Failure => new Failure('usage', what, { hint })

const readyLine = ({ url, apiUrl, botToken, appToken, signingSecret }: Sandbox) => ({
  msg: 'ready',
  url,
  slack_api_url: apiUrl,
  slack_bot_token: botToken,
  slack_app_token: appToken,
  slack_signing_secret: signingSecret,
})

function welcome({ url, apiUrl, botToken, appToken, signingSecret }: Sandbox, { deliverTo }: Options): string[] {
  return [
    `A toy Slack workspace is open at ${url}/`,
    '',
    'For your app, in the environment or in .env (worth nothing anywhere else):',
    '',
    `SLACK_API_URL=${apiUrl}`,
    `SLACK_BOT_TOKEN=${botToken}`,
    `SLACK_APP_TOKEN=${appToken}`,
    `SLACK_SIGNING_SECRET=${signingSecret}`,
    '',
    deliverTo === undefined
      ? 'Socket Mode: start the app. HTTP: start this with --deliver-to http://127.0.0.1:PORT/slack/events'
      : `Events, clicks and commands are POSTed, signed, to ${deliverTo}`,
    'A Bolt app takes the first value as clientOptions: { slackApiUrl: process.env.SLACK_API_URL }.',
    `Control API for tests: ${url}/control/openapi.json`,
    '',
    'Ctrl-C stops it, and all of it is forgotten.',
  ]
}
