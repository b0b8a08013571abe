import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const LOG = fileURLToPath(new URL('../src/log.ts', import.meta.url))
const TOKEN = 'xoxb-777777777-SECRETSECRETSECRET'

/** One line of a real log, as it leaves the process. */
function logged(call: string): Record<string, unknown> {
  const program = `const { createLog } = await import(${JSON.stringify(LOG)}); const log = createLog('info', 'json'); ${call}`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return JSON.parse(stdout)
}

it('a line is JSON with a level, a time and a message', () => {
  expect(logged(`log.info({ requestId: 'req_1', rows: 3 }, 'approved')`)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    requestId: 'req_1',
    rows: 3,
    msg: 'approved',
  })
})

it.each([
  ['in a message', `log.info('posting with ${TOKEN}')`],
  ['in a message with values', `log.info('posting with %s', '${TOKEN}')`],
  ['in a field', `log.info({ detail: 'Bearer ${TOKEN}' }, 'x')`],
  ['deep in a field', `log.info({ a: { b: ['${TOKEN}'] } }, 'x')`],
  ['in an error', `log.error({ err: new Error('invalid_auth for ${TOKEN}') }, 'x')`],
  ['in an error alone', `log.error(new Error('invalid_auth for ${TOKEN}'))`],
  ['in the cause of an error', `log.error({ err: new Error('x', { cause: new Error('${TOKEN}') }) }, 'x')`],
  ['in a header', `log.info({ headers: { authorization: 'SECRETSECRET' } }, 'x')`],
  ['in a header of a request', `log.info({ req: { headers: { cookie: 'SECRETSECRET' } } }, 'x')`],
  ['far down in a field', `log.info({ a: { b: { c: { d: { e: '${TOKEN}' } } } } }, 'x')`],
  ['in one of several errors', `log.error({ err: new AggregateError([new Error('${TOKEN}')], 'x') }, 'x')`],
  ['in an error under another name', `log.error({ reason: new Error('${TOKEN}') }, 'x')`],
  ['in an object of a class', `log.info({ at: new (class Held { text = '${TOKEN}' })() }, 'x')`],
  ['in an address', `log.info({ at: new URL('https://example.com/?t=${TOKEN}') }, 'x')`],
  ['in what every line of a child says', `log.child({ authorization: 'SECRETSECRET' }).info('x')`],
  ['under a name that says so', `log.info({ slackSigningSecret: 'SECRETSECRET' }, 'x')`],
])('no secret is written %s', (_, call) => {
  const line = JSON.stringify(logged(call))
  expect(line).not.toContain('SECRET'.repeat(2))
  expect(line).toContain('[masked]')
})

it('nothing is written of what lies deeper than anybody looks', () => {
  const line = JSON.stringify(
    logged(`log.info({ a: { b: { c: { d: { e: { f: { g: { h: '${TOKEN}' } } } } } } } }, 'x')`),
  )
  expect(line).not.toContain('SECRET')
  expect(line).toContain('[too deep]')
})

it.each([
  ['an address', `log.info(new URL('https://example.com/'), 'x')`],
  ['a list', `log.info(['a', 1], 'x')`],
  ['an error that is none', `log.error({ err: null }, 'x')`],
  ['an error that is a text', `log.error({ err: 'gone' }, 'x')`],
  ['what cannot be read', `log.info({ get: { get a() { throw new Error('no') } } }, 'x')`],
  ['a circle', `const a = {}; a.a = a; log.info(a, 'x')`],
  ['a time that is none', `log.info({ at: new Date(Number.NaN) }, 'x')`],
])('a line with %s in it is written all the same', (_, call) => {
  expect(logged(call)).toMatchObject({ level: expect.any(String), msg: 'x' })
})
