import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { newDirectory, run, type Started, start } from './run.ts'

const EXAMPLE = fileURLToPath(new URL('../../policy.example.yaml', import.meta.url))

let slack: Sandbox
beforeAll(async () => {
  slack = await startSandbox()
})
afterAll(() => slack.stop())

const servers: Started[] = []
afterEach(async () => {
  for (const { child, ended } of servers.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

function furnished(): string {
  const directory = newDirectory()
  copyFileSync(EXAMPLE, join(directory, 'policy.yaml'))
  return directory
}

const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  PORT: '0',
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
  ...more,
})

function serve(directory: string, env = settings()): Started {
  const server = start(['serve'], directory, env)
  servers.push(server)
  return server
}

async function ended({ child, ended }: Started, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return (await ended).code
}

describe('serve', () => {
  it('says once that it is ready, answers, and ends with 0 when it is told to', async () => {
    const server = serve(furnished())
    const ready = await server.line('ready')
    expect(ready).toMatchObject({
      level: 'info',
      mode: 'socket',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    })
    expect((await fetch(`${ready.url}/readyz`)).status).toBe(200)
    expect(await ended(server, 'SIGTERM')).toBe(0)
    const out = server.stdout()
    expect(out.match(/"msg":"ready"/g)).toHaveLength(1)
    for (const secret of [slack.botToken, slack.appToken]) expect(out).not.toContain(secret)
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })

  it('SIGINT ends it as well, and the next start finds everything in order', async () => {
    const directory = furnished()
    for (const _ of [1, 2]) {
      const server = serve(directory)
      await server.line('ready')
      expect(await ended(server, 'SIGINT')).toBe(0)
    }
  })

  it('reads .env, and takes Slack over HTTP where a signing secret is there', async () => {
    const directory = furnished()
    const { SLACK_APP_TOKEN: _, ...http } = settings({ SLACK_SIGNING_SECRET: slack.signingSecret })
    const lines = Object.entries(http).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(join(directory, '.env'), lines.join(''))
    const server = serve(directory, {})
    expect(await server.line('ready')).toMatchObject({ mode: 'http' })
  })

  it('stays up while Slack cannot be reached, and says so', async () => {
    const server = serve(furnished(), settings({ SLACK_API_URL: 'http://127.0.0.1:9/api/' }))
    const { url } = await server.line('listening')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.text()).toContain('slack')
    expect(await ended(server, 'SIGTERM')).toBe(0)
    expect(server.stdout()).not.toContain('"msg":"ready"')
  })

  it('a client made while it runs can use its key at once, and not after it is revoked', async () => {
    const directory = furnished()
    const server = serve(directory)
    const { url } = await server.line('ready')
    const made = await run(['clients', 'create', 'beside', '--owner', 'U0ALICE', '--json'], directory)
    const { id, key } = JSON.parse(made.stdout)
    const ask = async () => (await fetch(`${url}/v1/requests`, { headers: { authorization: `Bearer ${key}` } })).status
    expect(await ask()).toBe(200)
    expect((await run(['clients', 'revoke', id], directory)).code).toBe(0)
    expect(await ask()).toBe(401)
  })
})

describe('serve ends', () => {
  it('with 1, in order, after an error that nobody handled', async () => {
    const directory = furnished()
    const harm = join(directory, 'harm.mjs')
    const reject = 'Promise.reject(new Error("lost: xoxb-777777777-SECRETSECRET"))'
    writeFileSync(harm, `process.once('SIGUSR2', () => { ${reject} })\n`)
    const server = serve(directory, settings({ NODE_OPTIONS: `--import ${harm}` }))
    await server.line('ready')
    expect(await ended(server, 'SIGUSR2')).toBe(1)
    expect(server.stdout()).toMatch(/"level":"fatal".*lost: \[masked\]/)
    expect(server.stdout()).toContain('"msg":"stopped"')
    expect(server.stdout()).not.toContain('SECRETSECRET')
  })
})

describe('serve goes on', () => {
  it('when whoever read its log has gone', async () => {
    const server = serve(furnished())
    const { url } = await server.line('ready')
    server.child.stdout?.destroy()
    server.child.stderr?.destroy()
    // Answered with 401, and whatever is logged about it has nowhere to go.
    for (let i = 0; i < 3; i++) expect((await fetch(`${url}/v1/requests`)).status).toBe(401)
    expect(await ended(server, 'SIGTERM')).toBe(0)
  })
})

describe('serve does not start', () => {
  it('with wrong settings and a wrong policy: exit 2, everything told at once, no secret shown', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'policy.yaml'), readFileSync(EXAMPLE, 'utf8').replace('count: 2', 'count: -2'))
    const wrong = {
      PORT: '70000',
      LOG_LEVEL: 'loud',
      SLACK_BOT_TOKEN: 'xoxp-1-SECRETSECRET',
      SLACK_APP_TOKEN: slack.appToken,
    }
    const { code, stdout, stderr } = await run(['serve'], directory, wrong)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    for (const word of ['PORT', 'LOG_LEVEL', 'SLACK_BOT_TOKEN', 'policy.yaml:']) expect(stderr).toContain(word)
    expect(stderr).not.toContain('SECRETSECRET')
    const json = await run(['serve', '--json'], directory, wrong)
    const { errors } = JSON.parse(json.stderr)
    expect(errors).toContainEqual(
      expect.objectContaining({ variable: 'PORT', instead: expect.stringContaining('65535') }),
    )
  })

  it('with an invalid policy: exit 2, with its places', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'policy.yaml'), 'version: 1\nrules: 7\n')
    const { code, stderr } = await run(['serve'], directory, settings())
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error\[policy_invalid\]/)
    expect(stderr).toMatch(/policy\.yaml:2:\d+: /)
  })

  it('on what is no database: exit 3, and the file stays as it is', async () => {
    const directory = furnished()
    const file = join(directory, 'x.db')
    writeFileSync(file, 'this is a letter, not a database\n'.repeat(100))
    const before = readFileSync(file)
    const { code, stderr } = await run(['serve'], directory, settings({ DATABASE_URL: 'file:./x.db' }))
    expect(code).toBe(3)
    expect(stderr).toMatch(/^error\[database_unusable\]: .*x\.db/)
    expect(readFileSync(file)).toEqual(before)
  })

  it('beside another one on the same database: exit 4', async () => {
    const directory = furnished()
    await serve(directory).line('ready')
    const { code, stderr } = await run(['serve'], directory, settings())
    expect(code).toBe(4)
    expect(stderr).toMatch(/^error\[second_instance\]/)
  })

  it('on a port that is taken: exit 5', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { code, stderr } = await run(['serve'], furnished(), settings({ PORT: port }))
    other.close()
    expect(code).toBe(5)
    expect(stderr).toMatch(/^error\[port_in_use\]/)
  })
})
