import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { newCommand, print, printJson } from './command.ts'
import { Failure } from './failure.ts'

/** The package's own files, from `src/cli` and from `dist/cli` alike. */
const inPackage = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))

const FILES = [
  { name: '.env', from: '.env.example', mode: 0o600 },
  { name: 'policy.yaml', from: 'policy.example.yaml', mode: 0o644 },
  { name: 'policy.cases.yaml', from: 'policy.cases.example.yaml', mode: 0o644 },
] as const

export function initCommand(): Command {
  return newCommand('init', 'Write .env, policy.yaml and cases for it here, and print the steps in Slack', [
    'init',
    'init --force',
  ])
    .option('--force', 'overwrite files that are there')
    .action(init)
}

function init(options: { json?: boolean; force?: boolean }): void {
  const kept = options.force ? [] : FILES.filter(({ name }) => existsSync(name)).map(({ name }) => name)
  const written = FILES.filter(({ name }) => !kept.some((each) => each === name) && !isForAnother(name, kept))
  if (written.length === 0) {
    const hint = 'Nothing was changed. To start over, add --force.'
    throw new Failure('file_exists', `${kept.join(' and ')} are here already`, { hint })
  }
  for (const { name, from, mode } of written) {
    write(name, withSchema(readFileSync(inPackage(from), 'utf8')), mode, options.force === true)
  }
  const steps = slackSteps()
  if (options.json) {
    printJson({ written: written.map(({ name }) => name), kept, steps })
    return
  }
  print(
    `Written: ${written.map(({ name }) => name).join(', ')}${kept.length > 0 ? `. Kept: ${kept.join(', ')}` : ''}\n`,
  )
  print(
    `Next (from a checkout, "countersign" is "npm run countersign --"):\n${steps.map((step, i) => `  ${i + 1}. ${step}`).join('\n')}`,
  )
}

const SCHEMA = 'schema/policy.schema.json'

/** The example names its schema as it stands beside it, and editors look from where the file is written. */
function withSchema(text: string): string {
  const path = relative('.', inPackage(SCHEMA))
  const found = path.startsWith('..') ? pathToFileURL(inPackage(SCHEMA)).href : `./${path}`
  return text.replace(`$schema=./${SCHEMA}`, () => `$schema=${found}`)
}

/** The example's cases say nothing about a policy that was here before. */
const isForAnother = (name: string, kept: readonly string[]): boolean =>
  name === 'policy.cases.yaml' && kept.includes('policy.yaml')

/** `wx` where nothing may be lost; with --force a rename, so that a crash leaves the old file or the new one whole. */
function write(name: string, content: string, mode: number, force: boolean): void {
  const unfinished = force ? `${name}.${process.pid}.new` : name
  writeFileSync(unfinished, content, { mode, flag: 'wx' })
  if (force) renameSync(unfinished, name)
}

const slackSteps = (): string[] => [
  `Open https://api.slack.com/apps, "Create New App", "From a manifest", and paste ${inPackage('manifest.yml')}`,
  '"Install App": copy the Bot User OAuth Token (xoxb-…) to SLACK_BOT_TOKEN in .env',
  '"Basic Information", "App-Level Tokens": generate one with connections:write (xapp-…) for SLACK_APP_TOKEN in .env',
  'Put the ids of your channels, user groups and people into policy.yaml, and run: countersign policy check policy.yaml',
  'Say in policy.cases.yaml what must become of your asks, and run: countersign policy test policy.yaml',
  'Invite the bot to each of those channels: /invite @Countersign',
  'Check it all: countersign doctor',
  'Make a client for each pipeline or agent: countersign clients create NAME --owner U…',
  'Start: countersign serve',
]
