import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { maskText } from '../approval/redact.ts'
import { quiet } from './command.ts'
import { EXIT, Failure, failureOf, tell } from './failure.ts'

/** Every command, each loaded only when it is asked for: `serve` must not wait for what it never runs. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  demo: {
    summary: 'Try it out, with a Slack workspace on this machine',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  serve: { summary: 'Run the server', load: async () => (await import('./serve.ts')).serveCommand() },
  init: { summary: 'Write .env and policy.yaml', load: async () => (await import('./init.ts')).initCommand() },
  doctor: {
    summary: 'Check the set-up and say how to mend it',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  clients: {
    summary: 'Create, list, change, rotate and revoke API clients',
    load: async () => (await import('./clients.ts')).clientsCommand(),
  },
  policy: {
    summary: 'Check, explain, test and replay policies',
    load: async () => (await import('./policy.ts')).policyCommand(),
  },
  sandbox: {
    summary: 'Run a toy Slack workspace on this machine',
    load: async () => (await import('./sandbox.ts')).sandboxCommand(),
  },
}

/** @param argv what stands behind the program's name. Sets the exit code; ends the process only where a pipe closed. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe()
  try {
    const program = await assemble(argv)
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    const failure = error instanceof CommanderError ? usage(error) : failureOf(error)
    if (failure === 'shown') return
    process.exitCode = failure.exitCode
    tell(failure, wantsJson(argv))
    if (failure.code === 'internal' && process.env.LOG_LEVEL === 'debug') tellWhere(error)
  }
}

async function assemble(argv: readonly string[]): Promise<Command> {
  const words = argv.filter((word) => !word.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  const program = quiet(new Command('countersign'))
    .description('No privileged action runs without a countersign.')
    .version(version(), '--version')
    .addHelpText('after', '\nExample:\n  $ countersign demo\n  $ countersign serve --help')
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    program.addCommand(name === asked ? await load() : new Command(name).description(summary))
  }
  return program
}

function version(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return file !== null && typeof file === 'object' && 'version' in file ? String(file.version) : 'unknown'
}

/** Commander's errors as ours: first line what, second line (a suggestion) the hint. */
function usage(error: CommanderError): Failure | 'shown' {
  if (error.code === 'commander.help') {
    process.exitCode = EXIT.usage
    return 'shown'
  }
  if (error.exitCode === 0) return 'shown'
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const fallback =
    error.code === 'commander.unknownCommand'
      ? `The commands are: ${Object.keys(COMMANDS).join(', ')}.`
      : 'Add --help to see what the command takes.'
  return new Failure('usage', what, { hint: suggestion?.replace(/^\((.*)\)$/, '$1') ?? fallback })
}

const tellWhere = (error: unknown): void => {
  if (error instanceof Error) process.stderr.write(`${maskText(error.stack ?? '')}\n`)
}

/** What stands behind `--` belongs to another program. */
const wantsJson = (argv: readonly string[]): boolean =>
  argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json')

/** `countersign clients list | head -1` is no error: the reader has what it wanted. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  }
}
