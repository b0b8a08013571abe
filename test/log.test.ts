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
  ['under a name that says so', `log.info({ slackSigningSecret: 'SECRETSECRET' }, 'x')`],
])('no secret is written %s', (_, call) => {
  const line = JSON.stringify(logged(call))
  expect(line).not.toContain('SECRET'.repeat(2))
  expect(line).toContain('[masked]')
})
