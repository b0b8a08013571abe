import { cpus, release } from 'node:os'
import { startSandbox } from '../src/sandbox/index.ts'
import { clicks } from './clicks.ts'
import { coldStarts } from './cold-start.ts'
import { bare, type Creates, creates, ours, type Wakes, wakes } from './creates.ts'
import { memory } from './memory.ts'
import { policyCosts } from './policy.ts'

/**
 * What Countersign costs, as ratios to what this machine can do at all, in one run, best of three. Absolute figures differ
 * from machine to machine and from minute to minute; the ratios are what docs/performance.md keeps.
 */
const slack = await startSandbox({ rateLimits: false })
const rows: string[] = []
const row = (what: string, figure: string, goal: string): void => {
  rows.push(`| ${what} | ${figure} | ${goal} |`)
  console.error(`${what}: ${figure} (goal ${goal})`)
}

const ROUNDS = 3
const barePath = (id: string): string => `/wait/${id}`
const ourPath = (id: string): string => `/v1/requests/${id}?wait=60`

const made = { ours: [] as Creates[], group: [] as Creates[], each: [] as Creates[], rows: [] as Creates[] }
for (let round = 0; round < ROUNDS; round++) {
  made.group.push(await creates(() => bare('group')))
  made.ours.push(await creates(() => ours(slack)))
  made.each.push(await creates(() => bare('each')))
  made.rows.push(await creates(() => bare('rows')))
}
const fastest = (runs: readonly Creates[]): number => Math.max(...runs.map((run) => run.many.perSecond))
const quickest = (runs: readonly Creates[]): number => Math.min(...runs.map((run) => run.one.p50Us))
const rate = fastest(made.ours)
row('creates at concurrency 64, of the bare ceiling (one row)', ratio(rate / fastest(made.group)), '≥ 0.6')
row('the same, of a bare server that writes the same rows and hashes', ratio(rate / fastest(made.rows)), '–')
row('creates at concurrency 64, of bare with a commit a request', ratio(rate / fastest(made.each)), '≥ 3.5')
row('create p50 at concurrency 1, of bare', ratio(quickest(made.ours) / quickest(made.group)), '≤ 1.3')
row('creates a second at concurrency 64 on this machine', rate.toFixed(0), '–')

const woken = { ours: [] as Wakes[], bare: [] as Wakes[] }
for (let round = 0; round < ROUNDS; round++) {
  woken.bare.push(await wakes(() => bare('group'), barePath, 400))
  woken.ours.push(await wakes(() => ours(slack), ourPath, 400))
}
const best = (runs: readonly Wakes[], figure: (run: Wakes) => number): number => Math.min(...runs.map(figure))
for (const [name, figure, goal] of [
  ['p50', (run: Wakes) => run.p50Us, '≤ 1.3'],
  ['p99', (run: Wakes) => run.p99Us, '≤ 2'],
] as const) {
  const [mine, theirs] = [best(woken.ours, figure), best(woken.bare, figure)]
  row(`decision commit to woken waiter, ${name}, of bare`, `${ratio(mine / theirs)} (${mine.toFixed(0)} µs)`, goal)
}

const weight = await memory(() => ours(slack), ourPath)
const bareWeight = await memory(() => bare('group'), barePath)
row(
  'a parked wait: memory held',
  `${bytes(weight.perWait.heap)} (resident ${bytes(weight.perWait.resident)}; bare ${bytes(bareWeight.perWait.heap)}, resident ${bytes(bareWeight.perWait.resident)})`,
  '≤ 10 kB',
)
row(
  'a pending request: memory held',
  `${bytes(weight.perPending.heap)} (resident ${bytes(weight.perPending.resident)})`,
  '≤ 1 kB',
)

const starts = await coldStarts(slack, 7)
row(
  'cold start to ready, of a minimal Bolt app',
  `${ratio(starts.oursMs / starts.boltMs)} (${starts.oursMs.toFixed(0)} ms)`,
  '≤ 1.3',
)

const clicked = await clicks(slack, () => ours(slack), 50, 20)
row(
  'Slack ack at 50 clicks a second, p99',
  `${clicked.p99Ms.toFixed(0)} ms (p50 ${clicked.p50Ms.toFixed(0)} ms, unacked ${clicked.unacked})`,
  '< 500 ms',
)

for (const rules of [1_000, 10_000]) {
  const { loadMs, evaluateUs, worstUs } = policyCosts(rules)
  const [goalLoad, goal] = rules === 1_000 ? ['< 1 s', '< 2 ms'] : ['linear', 'linear']
  row(`a policy of ${rules} rules with CEL: load`, `${loadMs.toFixed(0)} ms`, goalLoad)
  row('the same: one ask, p50', `${(evaluateUs / 1000).toFixed(2)} ms`, goal)
  row('the same, where each condition is evaluated, p50', `${(worstUs / 1000).toFixed(2)} ms`, goal)
}

await slack.stop()
console.log(`Node ${process.version}, ${cpus().length} cores, Linux ${release()}; load and server share the cores.\n`)
console.log('| what | measured | goal |\n| --- | --- | --- |')
console.log(rows.join('\n'))

function ratio(value: number): string {
  return value.toFixed(2)
}

function bytes(value: number): string {
  return `${(value / 1024).toFixed(1)} kB`
}
