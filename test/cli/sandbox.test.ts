import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { connectSandbox } from '../../src/sandbox/client/index.ts'
import { type Ended, newDirectory, run, type Started, start } from './run.ts'

const MANIFEST = fileURLToPath(new URL('../../manifest.yml', import.meta.url))

const begun: Started[] = []
afterEach(async () => {
  for (const { child, ended } of begun.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

/** A running sandbox and what it said of itself. */
async function open(...args: string[]): Promise<{ ready: Record<string, string>; started: Started }> {
  const started = start(['sandbox', '--port', '0', '--json', ...args], newDirectory())
  begun.push(started)
  return { ready: (await started.line('ready')) as Record<string, string>, started }
}

const end = (started: Started, signal: 'SIGTERM' | 'SIGINT'): Promise<Ended> => {
  started.child.kill(signal)
  return started.ended
}

const authTest = async ({ slack_api_url, slack_bot_token }: Record<string, string>) => {
  const headers = { authorization: `Bearer ${slack_bot_token}` }
  return (await fetch(`${slack_api_url}auth.test`, { method: 'POST', headers })).json()
}

it('it says where it is and what an app needs, and the app needs no more', async () => {
  const { ready, started } = await open()
  expect(ready).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
  expect(await authTest(ready)).toMatchObject({ ok: true })
  const remote = await connectSandbox(String(ready.url))
  expect(remote).toMatchObject({ botToken: ready.slack_bot_token, signingSecret: ready.slack_signing_secret })
  await remote.close()
  expect(await end(started, 'SIGTERM')).toMatchObject({ code: 0, stderr: '' })
})

it('a person reads the address and the four values, and Ctrl-C ends it', async () => {
  const started = start(['sandbox', '--port', '0'], newDirectory())
  begun.push(started)
  await new Promise<void>((resolve, reject) => {
    started.child.stdout?.on('data', () => started.stdout().includes('Ctrl-C') && resolve())
    void started.ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  const { code, stdout } = await end(started, 'SIGINT')
  expect(code).toBe(0)
  expect(stdout).toMatch(/open at http:\/\/127\.0\.0\.1:\d+\/\n/)
  for (const name of ['SLACK_API_URL', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'])
    expect(stdout).toMatch(new RegExp(`^${name}=\\S+$`, 'm'))
  for (const word of ['Socket Mode', '--deliver-to', 'slackApiUrl', '/control/openapi.json', 'stopped'])
    expect(stdout).toContain(word)
})

it('tokens that are given outlive a restart', async () => {
  const tokens = ['--bot-token', 'xoxb-mine', '--app-token', 'xapp-mine', '--signing-secret', 'my-own-secret']
  const first = await open(...tokens)
  await end(first.started, 'SIGTERM')
  const { ready } = await open(...tokens)
  expect(ready).toMatchObject({
    slack_bot_token: 'xoxb-mine',
    slack_app_token: 'xapp-mine',
    slack_signing_secret: 'my-own-secret',
  })
  expect(await authTest(ready)).toMatchObject({ ok: true })
})

it('an app is what its manifest says', async () => {
  const { ready } = await open('--manifest', MANIFEST)
  const facts = (await (await fetch(`${ready.url}/control/workspace`)).json()) as Record<string, unknown>
  expect(facts).toMatchObject({
    app: { name: 'Countersign' },
    commands: [{ command: '/approvals', usage_hint: expect.stringContaining('help') }],
  })
})

it('deliveries go to the address that is given', async () => {
  const bodies: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    for await (const chunk of incoming) bodies.push(String(chunk))
    outgoing.end('heard')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { ready } = await open(
    '--deliver-to',
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
  )
  const remote = await connectSandbox(String(ready.url))
  const { reply } = await remote.as('U0BOB').command('/anything', 'hello')
  expect(reply?.text).toBe('heard')
  expect(bodies.join('')).toContain('text=hello')
  await remote.close()
  server.close()
})

describe('whoever asks wrongly is told what to write', () => {
  it('a port that is taken: exit code 5', async () => {
    const { ready } = await open()
    const { port } = new URL(String(ready.url))
    const { code, stderr } = await run(['sandbox', '--port', port], newDirectory())
    expect(code).toBe(5)
    expect(stderr).toMatch(new RegExp(`^error\\[port_in_use\\]: port ${port} is taken.*\\nhint: .*--port`))
  })

  it.each([
    [['--bot-token', 'xoxb-1234567890123-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx'], /bot token looks like a real one/],
    [['--app-token', 'xapp-1-A0123456789-1234567890123-0123456789abcdef'], /app token looks like a real one/],
    [['--bot-token', 'hello'], /must begin with xoxb-/],
    [['--signing-secret', 'short'], /eight or more/],
    [['--port', '70000'], /--port 70000/],
    [['--port', '-1'], /--port -1/],
    [['--deliver-to', 'https://example.com/'], /http:\/\//],
    [['--deliver-to', 'nowhere'], /http:\/\//],
    [['--manifest', 'nothing.yml'], /cannot read the manifest/],
    [['--manifest', 'broken.yml'], /manifest/],
    [['--manifest', 'list.yml'], /manifest/],
    [['--prot', '1'], /unknown option/],
  ])('%j', async (args, sentence) => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'broken.yml'), 'a: [1\nb: 2')
    writeFileSync(join(directory, 'list.yml'), '- one\n- two\n')
    const { code, stdout, stderr } = await run(['sandbox', '--port', '0', ...args], directory)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(/^error\[usage\]: .*\nhint: /)
    expect(stderr).not.toContain(args[1]?.startsWith('xo') || args[1]?.startsWith('xa') ? args[1] : '\u0000')
  })
})
