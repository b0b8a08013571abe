import type { Command } from 'commander'
import { newCommand, print, printJson } from '../command.ts'
import { Failure } from '../failure.ts'
import { databaseSettings } from '../settings.ts'
import { stamp } from '../times.ts'
import { house } from './read.ts'

type Reads = ReturnType<Awaited<ReturnType<typeof house>>['openForReading']>['reads']

const MOST = 10_000

export const historyCommand = (): Command =>
  newCommand('history', 'List the policies that were in force, newest first', [
    'policy history',
    'policy history --limit 5 --json',
  ])
    .option('--limit <count>', 'how many, at most', '50')
    .action(history)

export const showCommand = (): Command =>
  newCommand('show', 'Print the text of a policy that was in force, out of the audit log', [
    'policy show sha256:4f2a…',
    'policy show 4f2a91c0 > policy.before.yaml',
  ])
    .argument('<digest>', 'as the history or a request says it; the first 8 digits or more are enough')
    .action(show)

async function history(options: { json?: boolean; limit: string }): Promise<void> {
  const limit = Number(/^[1-9]\d{0,4}$/.test(options.limit) ? options.limit : Number.NaN)
  if (Number.isNaN(limit)) {
    const hint = 'Write a whole number from 1 to 99999.'
    throw new Failure('limit_invalid', `${JSON.stringify(options.limit.slice(0, 80))} is no limit`, { hint })
  }
  const versions = await reading(async (reads) => reads.policyVersions(limit))
  if (options.json) {
    return printJson(
      versions.map(({ digest, atMs, text }) => ({
        digest,
        in_force_since: stamp(atMs),
        size: Buffer.byteLength(text),
      })),
    )
  }
  if (versions.length === 0) return print('No policy was in force yet: the server keeps each one when it loads it.')
  for (const { digest, atMs } of versions) print(`${stamp(atMs)}  ${digest}`)
  print('\nA policy comes into force when its file changes; who changed the file is for your repository to say.')
}

async function show(digest: string, options: { json?: boolean }): Promise<void> {
  const wanted = /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(digest)?.[1]
  if (wanted === undefined) {
    const hint = 'Write sha256: and its digits, at least the first 8 of them. All digests: countersign policy history'
    throw new Failure('digest_invalid', `${JSON.stringify(digest.slice(0, 80))} is no digest`, { hint })
  }
  const found = await reading(async (reads) => {
    const versions = await reads.policyVersions(MOST)
    return versions.filter((version) => version.digest.startsWith(`sha256:${wanted}`))
  })
  const [version] = found
  const different = new Set(found.map((each) => each.digest))
  const hint = 'All of them: countersign policy history'
  if (!version) throw new Failure('not_found', 'no policy with this digest was ever in force here', { hint })
  if (different.size > 1) throw new Failure('digest_ambiguous', `${different.size} policies begin so`, { hint })
  if (options.json) {
    const times = found.map(({ atMs }) => stamp(atMs))
    return printJson({ digest: version.digest, in_force_since: times, text: version.text })
  }
  process.stdout.write(version.text)
}

async function reading<T>(look: (reads: Reads) => Promise<T>): Promise<T> {
  const config = databaseSettings()
  const { openForReading } = await house()
  const { reads, close } = openForReading(config)
  try {
    return await look(reads)
  } finally {
    await close()
  }
}
