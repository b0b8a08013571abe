import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROWS, type Row } from './catalogue.ts'
import { SURFACES, VOICES } from './surfaces.ts'

/** The catalogue says what is tried and where, and cannot say more than runs. */

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const IDS = [
  ...Array.from({ length: 50 }, (_, i) => `B${i + 1}`),
  ...['T1', 'T3', 'T6', 'T7', 'T8', 'T10', 'T11', 'T12', 'T13', 'T17', 'T18', 'T22'],
]

/** Which file tries which row. */
const tried = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'catalogue.test.ts')
  .flatMap((name) =>
    Array.from(
      readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/^bypass\(\s*'(\w+)'/gm),
      ([, id = '']) => [id, name.replace('.test.ts', '')] as const,
    ),
  )

test('every way around is in it, once', () => {
  expect(ROWS.map(([id]) => id)).toEqual(IDS)
})

describe.each(ROWS)('%s', (id, row: Row) => {
  test('is tried where it says, or is tried elsewhere', () => {
    expect(tried.filter(([name]) => name === id).map(([, file]) => file)).toEqual(row.file === null ? [] : [row.file])
    expect(row.on.length > 0 || row.also.length > 0).toBe(true)
    expect(row.on.length > 0).toBe(row.file !== null)
  })

  test('says of every surface that it is tried there, or why it cannot be', () => {
    const said = SURFACES.map((name) => [name, row.on.includes(name) !== (row.elsewhere[name] !== undefined)])
    expect(said).toEqual(SURFACES.map((name) => [name, true]))
  })

  test('names tests that there are', () => {
    for (const [file, title] of row.also) {
      const code = read(file)
      const isThere = ["'", '"', '`'].some((quote) => code.includes(`${quote}${title}`))
      expect(isThere, `${file}: ${title}`).toBe(true)
    }
  })
})

const cell = (text: string): string => text.replaceAll('|', '\\|')

function tests({ file, also }: Row): string {
  const own = file === null ? [] : [`\`test/bypass/${file}.test.ts\``]
  const others = Map.groupBy(also, ([name]) => name)
  return [
    ...own,
    ...[...others.keys()].filter((name) => name !== `test/bypass/${file}.test.ts`).map((name) => `\`${name}\``),
  ].join(', ')
}

const EVERYWHERE = VOICES.join()

function where({ on, elsewhere }: Row): string {
  if (on.join() === EVERYWHERE) return 'everywhere'
  if (on.join() === SURFACES.join()) return 'everywhere, command line'
  const without = SURFACES.filter((name) => elsewhere[name] !== undefined)
  const reasons = [...Map.groupBy(without, (name) => elsewhere[name] ?? '')]
  const not = reasons.map(([reason, names]) => (reasons.length === 1 ? reason : `not ${names.join(', ')}: ${reason}`))
  return [...(on.length > 0 ? [on.join(', ')] : []), ...not].join('; ')
}

const PAGE = `# Ways around it

Every way that we know of to get a yes from somebody who must not give it, or to use one twice, with what happens instead.
Each row is a test that runs with \`npm test\`, named after the row, on every surface that the row names: through the real
server, a real database, the real Bolt app and a sandbox Slack over real sockets. This page is printed from
\`test/bypass/catalogue.ts\` and compared with it in each run (\`npx vitest run test/bypass/catalogue.test.ts -u\` prints it anew).

"Everywhere" is on every surface where somebody can say yes: ${VOICES.join(', ')}. The command line has no
verb that decides, which is row B28.

| | way | what happens | surfaces | tests |
| --- | --- | --- | --- | --- |
${ROWS.map(([id, row]) => `| ${id} | ${[row.statement, row.expected, where(row), tests(row)].map(cell).join(' | ')} |`).join('\n')}
`

test('docs/bypasses.md is what the catalogue says', async () => {
  await expect(PAGE).toMatchFileSnapshot(join(ROOT, 'docs/bypasses.md'))
})
