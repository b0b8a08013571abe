import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyApp, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import type { Mode } from './bolt.ts'

/** The examples of docs/sandbox.md, run as they stand there, in a directory where both packages are installed. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DOCS = readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8')
const blocks = [...DOCS.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}))

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-docs-'))
  mkdirSync(join(directory, 'node_modules/countersign'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules/@slack'), join(directory, 'node_modules/@slack'))
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const source = String(exports['./sandbox'].default).replace('./dist/', 'src/').replace(/\.js$/, '.ts')
  const sandbox = { name: 'countersign', type: 'module', exports: { './sandbox': './sandbox.js' } }
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  writeFileSync(join(directory, 'node_modules/countersign/package.json'), JSON.stringify(sandbox))
  const forward = `export * from ${JSON.stringify(pathToFileURL(join(ROOT, source)).href)}`
  writeFileSync(join(directory, 'node_modules/countersign/sandbox.js'), forward)
  for (const { language, code } of blocks.filter(({ language }) => language === 'js'))
    writeFileSync(join(directory, /^\/\/ (\S+)/.exec(code)?.[1] ?? `unnamed.${language}`), code)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function environment(sandbox: Sandbox, more: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    SLACK_API_URL: sandbox.apiUrl,
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_APP_TOKEN: sandbox.appToken,
    SLACK_SIGNING_SECRET: sandbox.signingSecret,
    SANDBOX_URL: sandbox.url,
    ...more,
  }
}

describe.each<Mode>(['socket', 'http'])('over %s', (mode) => {
  let sandbox: Sandbox
  let app: ChildProcess
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: anyApp })
    const port = await freePort()
    if (mode === 'http') sandbox.deliverTo(`http://127.0.0.1:${port}/slack/events`)
    app = spawn(process.execPath, ['app.js'], { cwd: directory, env: environment(sandbox, { MODE: mode, PORT: port }) })
    await new Promise<void>((resolve, reject) => {
      let said = ''
      const hear = (text: Buffer) => {
        said += text
        if (said.includes('the app runs')) resolve()
      }
      app.stdout?.on('data', hear)
      app.stderr?.on('data', hear)
      app.once('exit', () => reject(new Error(said)))
    })
  })
  afterAll(async () => {
    app.kill('SIGKILL')
    await sandbox.stop()
  })

  it('the Bolt app and the test of it do what they say', async () => {
    const child = spawn(process.execPath, ['--test', 'hello.test.js'], {
      cwd: directory,
      env: environment(sandbox, {}),
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        said += text
      })
    }
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(said).toMatch(/pass 2\n/)
    expect(code).toBe(0)
  })

  it('the curl line is understood', async () => {
    const line = blocks.find(({ language, code }) => language === 'sh' && code.startsWith('curl'))?.code ?? ''
    const script = line.replace('http://127.0.0.1:4040', sandbox.url)
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text
    })
    await new Promise((resolve) => child.once('close', resolve))
    expect(JSON.parse(said)).toMatchObject({ acked: true, ts: expect.any(String) })
  })
})

function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      server.close(() => resolve(String(port)))
    })
  })
}
