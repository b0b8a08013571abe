import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The house stays tidy: which room may know which, what only one place may do. docs/ARCHITECTURE.md says why. */

interface Import {
  readonly from: string
  /** A path inside the repository, or a package's name. */
  readonly to: string
  readonly isType: boolean
}

const ROOT = join(import.meta.dirname, '..')
const filesUnder = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()

/** The code without its comments; texts stay. A quote inside a regular expression costs at most its line. */
const withoutComments = (code: string): string =>
  code.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_all, text: string | undefined) => text ?? '',
  )

const FROM = /(?:^|[;\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s*)?(['"])([^'"\n]+)\2/g
const CALLED = /(typeof\s+)?\bimport\(\s*(['"`])([^'"`\n]+)\2/g

/** Static, dynamic and re-exporting imports. `import { type A }` still loads the file, so it counts as a value import. */
function importsIn(file: string, code: string): Import[] {
  const found = [...code.matchAll(FROM), ...code.matchAll(CALLED)]
  return found.map(([, type, , target = '']) => ({
    from: file,
    to: target.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), target)) : target,
    isType: type !== undefined,
  }))
}

const sources = new Map(
  filesUnder('src').map((file) => [file, withoutComments(readFileSync(join(ROOT, file), 'utf8'))]),
)
const imports = [...sources].flatMap(([file, code]) => importsIn(file, code))
const roomOf = (file: string): string => file.split('/')[1]?.replace(/\.tsx?$/, '') ?? ''
const places = (pattern: RegExp, isAllowed: (file: string) => boolean): string[] =>
  [...sources].flatMap(([file, code]) => (pattern.test(code) && !isAllowed(file) ? [file] : []))

interface Arrow {
  /** What it may import; a name with a slash is one file of a room. */
  readonly values: readonly string[]
  readonly types?: readonly string[]
  readonly because: string
}

const DOOR: Arrow = {
  values: ['service', 'eligibility', 'approval', 'messenger', 'audit', 'store/store'],
  types: ['policy', 'waiters', 'signing', 'metrics', 'log', 'config'],
  because:
    'a door parses and calls service.ts: it never knows another door or a concrete store, never judges by the policy itself, and gets its parts from serve.ts',
}

const ARROWS: Readonly<Record<string, Arrow>> = {
  main: { values: ['cli', 'check-node'], because: 'the entry looks at Node, then hands over to the command line' },
  'check-node': { values: [], because: 'it must run on any Node, so it loads nothing of ours' },
  cli: {
    values: ['serve', 'client', 'audit', 'approval', 'config', 'log', 'sandbox', 'demo'],
    because: 'what writes or listens is put together in serve.ts; commands ask it, and never open a store or a door',
  },
  serve: {
    values: [
      ...['service', 'outbox', 'store', 'slack', 'http', 'oidc', 'approval', 'policy', 'audit'],
      ...['signing', 'metrics', 'config', 'log', 'waiters', 'ids', 'messenger', 'sweeper', 'eligibility'],
      'roster',
    ],
    because:
      'the composition root is used by the command line, not the other way round, and the sandbox is no part of it',
  },
  service: {
    values: ['approval', 'policy', 'waiters', 'turns', 'eligibility'],
    types: ['store/store'],
    because: 'the one writer knows rules and the contract of a store; no door, no engine, no clock of its own',
  },
  outbox: {
    values: ['store/store', 'approval', 'messenger'],
    types: ['log', 'metrics'],
    because: 'it delivers what the store holds through whatever Messenger it is given',
  },
  turns: { values: [], because: 'it knows only that one comes after the other' },
  eligibility: { values: ['approval', 'policy'], because: 'it reads who somebody is; the rule judges' },
  roster: {
    values: [],
    types: ['eligibility', 'policy'],
    because: 'it remembers who is in a group; who may decide is read anew, by eligibility',
  },
  messenger: { values: [], types: ['approval', 'store/store'], because: 'it is only the promise of who speaks for us' },
  sweeper: { values: ['approval'], types: ['service', 'log'], because: 'it asks the service to end what is overdue' },
  ids: { values: [], because: 'an id knows nothing but time and chance' },
  waiters: { values: [], types: ['approval'], because: 'ten thousand may hang here: closures and nothing else' },
  slack: DOOR,
  http: DOOR,
  oidc: {
    values: ['approval/principal'],
    types: ['policy'],
    because:
      'who a token speaks for hangs on the policy and the token alone: it can neither read nor write what is asked',
  },
  store: { values: ['approval', 'audit'], because: 'a store keeps facts: it judges nothing and tells nobody' },
  policy: { values: ['approval'], because: 'the rules that apply to an ask depend on nothing but words of the ask' },
  approval: {
    values: ['audit/canonical'],
    types: ['audit'],
    because: 'the heart must be readable, and testable, without any other room',
  },
  audit: { values: [], because: 'a stranger verifies the log with this room alone' },
  sandbox: { values: [], because: 'a Slack that shared our code would share our mistakes' },
  demo: {
    values: ['serve', 'sandbox', 'approval', 'audit'],
    types: ['store/store'],
    because: 'the story plays on a whole house and on the sandbox, and looks at the log as a stranger would',
  },
  client: { values: [], types: ['http'], because: 'the SDK runs in other people’s houses: fetch and nothing else' },
  signing: { values: [], because: 'it holds a key' },
  metrics: { values: [], types: ['approval', 'store/store'], because: 'counting must not be able to act' },
  config: {
    values: ['approval/redact', 'policy/text'],
    because: 'settings are read before any room is open',
  },
  log: { values: ['approval/redact'], because: 'whoever logs must not be able to act' },
}

function offence({ from, to, isType }: Import): string | null {
  const [here, there] = [roomOf(from), roomOf(to)]
  if (!to.startsWith('src/')) return to.startsWith('..') || to.startsWith('test/') ? `${from} imports ${to}` : null
  if (here === there) return null
  const arrow = ARROWS[here]
  if (!arrow)
    return `${from}: nobody knows the room "${here}": draw its arrows in test/tidy.test.ts and docs/ARCHITECTURE.md`
  const allowed = isType ? [...arrow.values, ...(arrow.types ?? [])] : arrow.values
  const target = to.slice('src/'.length).replace(/\.tsx?$/, '')
  if (allowed.some((name) => target === name || there === name)) return null
  const asType = !isType && (arrow.types ?? []).some((name) => target === name || there === name)
  return `${from} -> ${to}${asType ? ' (allowed as a type only)' : ''}: ${arrow.because}`
}

describe('the scanner', () => {
  test('finds every way in which one file can name another', () => {
    const code = withoutComments(`
      import a from './a.ts' // import x from './not.ts'
      import type { B } from './b.ts'
      import { type C, type D } from './c.ts'
      /* import y from './neither.ts' */
      export * from './d.ts'
      export type { E } from './e.ts'
      export { f } from "./f.ts"
      import './g.ts'
      import {
        h,
        type I,
      } from './h.ts'
      const i = await import('./i.ts')
      type J = typeof import('./j.ts')
      const url = 'https://example.com//' + "import('./text.ts')"
      import * as k from 'node:fs'`)
    expect(
      importsIn('src/room/file.ts', code)
        .map((i) => `${i.isType ? 'type ' : ''}${i.to}`)
        .sort(),
    ).toEqual([
      ...[
        'node:fs',
        'src/room/a.ts',
        'src/room/c.ts',
        'src/room/d.ts',
        'src/room/f.ts',
        'src/room/g.ts',
        'src/room/h.ts',
      ],
      ...['src/room/i.ts', 'src/room/text.ts', 'type src/room/b.ts', 'type src/room/e.ts', 'type src/room/j.ts'],
    ])
  })

  test('reads the whole house', () => {
    expect(imports.length).toBeGreaterThan(100)
    expect(imports).toContainEqual({ from: 'src/service/book.ts', to: 'src/waiters.ts', isType: false })
    expect(imports).toContainEqual({ from: 'src/service.ts', to: 'src/store/store.ts', isType: true })
  })

  test('knows an arrow that is not allowed', () => {
    const bad = { from: 'src/http/x.ts', to: 'src/slack/y.ts', isType: true }
    expect(offence(bad)).toContain('another door')
    expect(offence({ ...bad, to: 'src/store/sqlite.ts' })).toContain('concrete store')
    expect(offence({ ...bad, to: 'src/policy/load.ts' })).toBeNull()
    expect(offence({ ...bad, to: 'src/policy/load.ts', isType: false })).toContain('allowed as a type only')
  })
})

test('arrows between the rooms point one way', () => {
  expect(imports.map(offence).filter((found) => found !== null)).toEqual([])
})

test('no file needs itself to be loaded first, over any number of others', () => {
  const needs = Map.groupBy(
    imports.filter((i) => !i.isType && sources.has(i.to)),
    (i) => i.from,
  )
  const circles: string[] = []
  const finished = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (path.includes(file) || finished.has(file)) return
    for (const { to } of needs.get(file) ?? []) walk(to, [...path, file])
    finished.add(file)
  }
  for (const file of sources.keys()) walk(file, [])
  expect(circles).toEqual([])
})

describe('packages stay in the rooms that they are for', () => {
  const ROOMS: readonly [RegExp, readonly string[]][] = [
    [/^@slack\//, ['slack']],
    [/^(better-sqlite3|drizzle-orm)(\/|$)/, ['store']],
    [/^(@hono\/|hono(\/|$))/, ['http', 'sandbox']],
    [/^preact(\/|$)/, ['sandbox', 'demo']],
    [/^commander$/, ['cli']],
    [/^ws$/, ['sandbox']],
    [/^prom-client$/, ['metrics']],
    [/^jose$/, ['signing', 'oidc']],
  ]
  test('Slack, SQL, HTTP and the command line are known to one room each', () => {
    const strays = imports.flatMap(({ from, to }) =>
      ROOMS.filter(([name, rooms]) => name.test(to) && !rooms.includes(roomOf(from))).map(
        ([, rooms]) => `${from} imports ${to}: only ${rooms.join(', ')} may, so that the rest does not depend on it`,
      ),
    )
    expect(strays).toEqual([])
  })

  test('the sandbox needs Node and ws, its control API Hono and zod, whoever acts in it from outside nothing at all', () => {
    const of = (folder: string, allowed: RegExp, but: RegExp = /^$/) =>
      imports.filter(
        ({ from, to, isType }) =>
          from.startsWith(`src/${folder}/`) && !but.test(from) && !/^src\//.test(to) && !allowed.test(to) && !isType,
      )
    expect(of('sandbox', /^(node:|ws$)/, /^src\/sandbox\/(control|page)\//)).toEqual([])
    expect(of('sandbox/control', /^(node:|@hono\/|hono(\/|$)|zod$)/)).toEqual([])
    expect(of('sandbox/client', /^$/)).toEqual([])
    expect(of('client', /^$/)).toEqual([])
  })

  test('a page runs in a browser: it knows the shapes of what it is sent, and no file that runs in Node', () => {
    const onPages = imports.filter(({ from }) => PAGE.test(from))
    expect(onPages.length).toBeGreaterThan(10)
    const strays = onPages.filter(({ to, isType }) => {
      if (PAGE.test(to)) return false
      return to.startsWith('src/') ? !isType : !/^(preact(\/|$)|gemoji$)/.test(to)
    })
    expect(strays).toEqual([])
    expect(imports.filter(({ from, to }) => PAGE.test(to) && !PAGE.test(from))).toEqual([])
  })

  test('the pure rooms load what computes, nothing that reads or speaks', () => {
    const pure = imports.filter(
      (i) =>
        ['approval', 'audit', 'policy'].includes(roomOf(i.from)) && !i.to.startsWith('src/') && !readsTheFile(i.from),
    )
    expect(
      pure.filter(
        (i) => !/^(node:crypto|canonicalize|diff|zod|yaml|@marcbachmann\/cel-js|re2js|picomatch)$/.test(i.to),
      ),
    ).toEqual([])
  })
})

/** What vite bundles. */
const PAGE = /^src\/(sandbox|demo)\/page\//

/** The part of the policy room that reads the policy file, and the only one that may. */
const readsTheFile = (file: string): boolean => /^src\/policy\/(file|load|source)\.ts$/.test(file)

test('rules take time, chance and the world as arguments: a judgement can be made again, and comes out the same', () => {
  const world =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync)\b|\bperformance\b|\bprocess\.|\bset(?:Timeout|Interval|Immediate)\b|\bfetch\(/
  const isElsewhere = (file: string) => !['approval', 'audit', 'policy'].includes(roomOf(file)) || readsTheFile(file)
  expect(places(world, isElsewhere)).toEqual([])
})

test('B28 exactly one place can write that a request is approved', () => {
  const written = /\bstatus['"`]?\]?\s*(?::|=(?!=))\s*\(?\s*['"`]approved['"`]/
  expect([...sources].filter(([, code]) => written.test(code)).map(([file]) => file)).toEqual([
    'src/approval/outcome.ts',
  ])
  expect(sources.get('src/approval/outcome.ts')?.match(new RegExp(written, 'g'))).toHaveLength(1)
})

test('B28 approve() is called by the three rules that may end in a yes', () => {
  const callers = imports.filter(
    (i) => i.to === 'src/approval/outcome.ts' && /\bapprove\(/.test(sources.get(i.from) ?? ''),
  )
  expect(callers.map((i) => i.from)).toEqual([
    'src/approval/break-glass.ts',
    'src/approval/open.ts',
    'src/approval/voting.ts',
  ])
})

test('only the service and the outbox write', () => {
  const calls = (room: string) => sources.get(`src/${room}.ts`)?.match(/\.commit\([^\n]*/g) ?? []
  const isWriter = (file: string) =>
    ['service', 'outbox', 'store', 'sandbox', 'serve', 'metrics'].includes(roomOf(file))
  expect(places(/\.commit\(/, isWriter)).toEqual([])
  // serve.ts plugs a report of Slack's that a card exists: a step of delivery, never a fact about a request.
  expect(calls('serve').filter((call) => !/^\.commit\(\{ delivery: /.test(call))).toEqual([])
  // The metrics time what others write: they hand on exactly what they were given.
  expect(calls('metrics').filter((call) => call !== '.commit(write)')).toEqual([])
})

test('a transaction is never held open over an await: what comes after it would not be in the transaction', () => {
  expect(places(/\.transaction\(\s*async\b/, () => false)).toEqual([])
})

test('nothing is printed but by the command line: logs go through the log, which masks', () => {
  expect(places(/\bconsole\./, (file) => ['cli', 'main', 'check-node'].includes(roomOf(file)))).toEqual([])
})

test('no test runs alone, and nothing is left for later', () => {
  const here = relative(ROOT, import.meta.filename)
  const texts = [...filesUnder('src'), ...filesUnder('test'), ...filesUnder('bench')]
    .filter((file) => file !== here)
    .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const)
  const holding = (pattern: RegExp) => texts.filter(([, text]) => pattern.test(text)).map(([file]) => file)
  expect(holding(/\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip)\(/)).toEqual([])
  expect(holding(/\b(?:TODO|FIXME|XXX|HACK)\b/)).toEqual([])
})
