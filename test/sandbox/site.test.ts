import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StaticSite } from '../../src/sandbox/control/site.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import { raw } from './control.ts'

/** The built page, as a browser gets it. */

const HTML = `<!doctype html><title>Sandbox</title><script type="module" src="/assets/main-abc.js"></script>`
const SCRIPT = 'console.info("a page");\n'.repeat(400)

let directory: string
let server: Server
let url: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-site-'))
  mkdirSync(join(directory, 'page/sandbox/page'), { recursive: true })
  mkdirSync(join(directory, 'page/assets/folder'), { recursive: true })
  writeFileSync(join(directory, 'page/sandbox/page/index.html'), HTML)
  writeFileSync(join(directory, 'page/assets/main-abc.js'), SCRIPT)
  writeFileSync(join(directory, 'page/assets/theme-1_2.css'), 'body { color: black }')
  writeFileSync(join(directory, 'secret.txt'), 'a secret')
  const sites = { sandbox: new StaticSite('sandbox', join(directory, 'page')), none: new StaticSite('none', directory) }
  server = createServer(async (incoming, outgoing) => {
    const site = incoming.headers['x-site'] === 'none' ? sites.none : sites.sandbox
    if (!(await site.handle(incoming.url ?? '', incoming, outgoing))) outgoing.writeHead(418).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(directory, { recursive: true })
})

it('the page allows nothing but what is its own, and is asked for anew each time', async () => {
  const { status, headers, text } = await raw(url, '/')
  expect({ status, text }).toEqual({ status: 200, text: HTML })
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
  const policy = String(headers['content-security-policy'])
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
    expect(policy.split('; ')).toContain(part)
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
})

it('an asset may be kept for ever: its name changes with what is in it', async () => {
  const script = await raw(url, '/assets/main-abc.js')
  expect(script).toMatchObject({ status: 200, text: SCRIPT })
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
  expect((await raw(url, '/assets/theme-1_2.css')).headers['content-type']).toBe('text/css; charset=utf-8')
})

describe('compression', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['gzip;q=1.0', 'gzip'],
    ['identity', undefined],
    ['', undefined],
  ])('who accepts %j gets %s', async (accepted, coding) => {
    const { headers, bytes } = await raw(url, '/assets/main-abc.js', { headers: { 'accept-encoding': accepted } })
    expect(headers['content-encoding']).toBe(coding)
    const plain = coding === 'br' ? brotliDecompressSync(bytes) : coding === 'gzip' ? gunzipSync(bytes) : bytes
    expect(plain.toString()).toBe(SCRIPT)
    if (coding !== undefined) expect(bytes.length).toBeLessThan(SCRIPT.length / 10)
  })
})

it.each([
  '/assets/../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/secret.txt',
  '/assets/..\\secret.txt',
  '/assets//etc/passwd',
  '/assets/folder/../main-abc.js',
  '/assets/.hidden',
  '/assets/',
  '/sandbox/page/index.html',
  '/../secret.txt',
])('%s leads nowhere', async (path) => {
  const { status, text } = await raw(url, path)
  expect([404, 418]).toContain(status)
  expect(text).not.toContain('secret')
})

it('a folder and a file that is not there are not found', async () => {
  expect((await raw(url, '/assets/folder')).status).toBe(404)
  expect((await raw(url, '/assets/main-old.js')).status).toBe(404)
})

it('HEAD says how much there is, and nothing is written', async () => {
  const head = await raw(url, '/', { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': String(HTML.length) } })
  expect(await raw(url, '/', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  expect((await raw(url, '/favicon.ico')).status).toBe(204)
})

it('a page that was built anew is the new one', async () => {
  const file = join(directory, 'page/assets/again.js')
  writeFileSync(file, 'one')
  expect((await raw(url, '/assets/again.js')).text).toBe('one')
  writeFileSync(file, 'two')
  utimesSync(file, new Date(), new Date(Date.now() + 5_000))
  expect((await raw(url, '/assets/again.js')).text).toBe('two')
})

it('a page that was never built says what to run', async () => {
  const { status, headers, text } = await raw(url, '/', { headers: { 'x-site': 'none' } })
  expect({ status, type: headers['content-type'] }).toEqual({ status: 503, type: 'text/plain' })
  expect(text).toContain('npm run page')
})

it('the sandbox itself answers for its page, and for nothing that is no page', async () => {
  const sandbox = await startSandbox()
  try {
    const page = await raw(sandbox.url, '/')
    expect([200, 503]).toContain(page.status)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    for (const path of ['/nothing', '/assets/../package.json', '/beside/x', '/control'])
      expect(await raw(sandbox.url, path)).toMatchObject({ status: 404 })
  } finally {
    await sandbox.stop()
  }
})
