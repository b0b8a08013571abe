import type { Command } from 'commander'
import { oneLine } from '../../approval/one-line.ts'
import type { policyAsCode } from '../../serve.ts'
import { newCommand, print, printJson } from '../command.ts'
import { databaseSettings } from '../settings.ts'
import { readDuration, stamp } from '../times.ts'
import { house, policyFrom } from './read.ts'

interface Options {
  readonly json?: boolean
  readonly since?: string
}

type Reads = ReturnType<Awaited<ReturnType<typeof house>>['openForReading']>['reads']
type Otherwise = policyAsCode.Otherwise

/** More of them nobody reads in a terminal. */
const SHOWN = 50
const PAGE = 500

export function replayCommand(): Command {
  return newCommand(
    'replay',
    'Judge the asks of the past by a changed policy: what would have been decided otherwise',
    ['policy replay policy.new.yaml --since 30d', 'policy replay policy.new.yaml --json'],
  )
    .argument('<file>', 'the changed policy')
    .option('--since <duration>', 'how far to look back, such as 30d (default: everything in the log)')
    .addHelpText(
      'after',
      '\nReads the audit log and writes nothing. What was erased from the log is counted as unknown.\nExit codes: 0, whatever it finds; 2 the file is not valid',
    )
    .action(replay)
}

async function replay(file: string, options: Options): Promise<void> {
  const since = options.since === undefined ? null : Date.now() - readDuration('since', options.since, '9999d')
  const policy = await policyFrom(file)
  const config = databaseSettings()
  const { openForReading, policyAsCode } = await house()
  const { reads, close } = openForReading(config)
  try {
    const run = new policyAsCode.Replay(policy)
    await tell(reads, run, since === null ? 0 : await firstAt(reads, since))
    const replayed = run.result()
    if (options.json) return printJson(asJson(file, policy.digest, since, replayed))
    show(replayed, since)
  } finally {
    await close()
  }
}

interface Envelope {
  readonly type: string
  readonly at: string
  readonly request_id: string | null
}

const envelopeOf = ({ envelope }: { readonly envelope: string }): Envelope => JSON.parse(envelope)
const ENDINGS = /^request\.(approved|denied|expired|cancelled)$/

/** Page by page: the log may be larger than the memory. */
async function tell(reads: Reads, run: policyAsCode.Replay, afterSeq: number): Promise<void> {
  for (let after = afterSeq; ; ) {
    const entries = await reads.auditEntries(after, PAGE)
    for (const entry of entries) {
      const { type, request_id: id } = envelopeOf(entry)
      if (type === 'request.opened') run.opened(entry.body === null ? null : JSON.parse(entry.body).request)
      const ending = ENDINGS.exec(type)?.[1]
      if (id !== null && ending !== undefined) run.ended(id, ending)
    }
    const last = entries.at(-1)
    if (!last) return
    after = last.seq
  }
}

/** The number of the last entry before this moment, by halves: the times of the log never decrease. */
async function firstAt(reads: Reads, atMs: number): Promise<number> {
  let [before, notBefore] = [0, (await reads.head()).size + 1]
  while (notBefore - before > 1) {
    const middle = Math.floor((before + notBefore) / 2)
    const [entry] = await reads.auditEntries(middle - 1, 1)
    if (entry && Date.parse(envelopeOf(entry).at) < atMs) before = middle
    else notBefore = middle
  }
  return before
}

const asJson = (file: string, digest: string, since: number | null, replayed: policyAsCode.Replayed) => ({
  file,
  digest,
  since: since === null ? null : stamp(since),
  asks: replayed.asks,
  unchanged: replayed.unchanged,
  unknown: replayed.unknown,
  otherwise: counts(replayed.changes, ({ kind }) => kind === 'decision'),
  other_terms: counts(replayed.changes, ({ kind }) => kind === 'terms'),
  looser: counts(replayed.changes, ({ direction }) => direction === 'looser'),
  changes: replayed.changes.map(({ requestId, atMs, was, wouldBe, ...rest }) => ({
    request_id: requestId,
    at: stamp(atMs),
    ...rest,
    was,
    would_be: wouldBe,
  })),
})

const counts = (changes: readonly Otherwise[], which: (change: Otherwise) => boolean): number =>
  changes.filter(which).length

function show({ asks, unchanged, unknown, changes }: policyAsCode.Replayed, since: number | null): void {
  const decided = changes.filter(({ kind }) => kind === 'decision')
  const terms = changes.filter(({ kind }) => kind === 'terms')
  const looser = changes.filter(({ direction }) => direction === 'looser')
  const erased = unknown === 0 ? '' : `, ${unknown} unknown (erased from the log)`
  print(
    `${asks} asks${since === null ? '' : ` since ${stamp(since)}`}: ${unchanged} as before, ` +
      `${decided.length} decided otherwise, ${terms.length} on other terms${erased}`,
  )
  if (looser.length > 0) print(`${looser.length} would pass with less than before: look at each of them.`)
  for (const [words, list] of Map.groupBy(decided, ({ differs }) => differs.join('; '))) {
    print(`  ${String(list.length).padStart(6)}  ${words}`)
  }
  // What matters most first.
  const order = [...changes].sort((a, b) => weight(a) - weight(b))
  if (order.length > 0) print('')
  for (const change of order.slice(0, SHOWN)) print(line(change))
  if (order.length > SHOWN) print(`… and ${order.length - SHOWN} more: --json has all of them`)
}

const weight = ({ kind, direction }: Otherwise): number =>
  (direction === 'looser' ? 0 : 2) + (kind === 'decision' ? 0 : 1)

function line({
  requestId,
  atMs,
  client,
  action,
  resource,
  environment,
  differs,
  wouldBe,
  direction,
  ended,
}: Otherwise) {
  const what = [action, resource, environment].filter((part) => part !== null).map(oneLine)
  const by = wouldBe.rules.length === 0 ? 'no rule' : wouldBe.rules.join(', ')
  const mark = direction === 'looser' ? 'LOOSER ' : ''
  return `${requestId} ${stamp(atMs)} ${what.join(' ')} (${oneLine(client)}), ${ended ?? 'still open'}: ${mark}${differs.join('; ')} [${by}]`
}
