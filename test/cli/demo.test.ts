import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { newDirectory, run, type Started, start } from './run.ts'

const demos: Started[] = []
afterEach(async () => {
  for (const { child, ended } of demos.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

/** The demo with its own directory for temporary files, so that what it leaves behind can be seen. */
function demo(...args: string[]): Started & { readonly temporary: string } {
  const temporary = newDirectory()
  const started = start(['demo', ...args], temporary, { TMPDIR: temporary })
  demos.push(started)
  return { ...started, temporary }
}

interface Ready {
  readonly page: string
  readonly api: string
  readonly key: string
}

const ready = ({ stdout }: Started): Promise<Ready> =>
  eventually(async () => (stdout().includes('\n') ? (JSON.parse(stdout()) as Ready) : null), 'the line of --json')

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends it with 0, and everything it wrote is gone',
  async (signal) => {
    const started = demo('--json', '--port', '0')
    const { page, api, key } = await ready(started)
    const first = await fetch(`${page}beside/policy`)
    expect([first.status, await first.text()]).toEqual([200, expect.stringContaining('data-owners')])
    const asked = await fetch(`${api}/v1/requests`, { headers: { authorization: `Bearer ${key}` } })
    expect([asked.status, await asked.json()]).toMatchObject([200, { items: [] }])
    expect(readdirSync(started.temporary).some((name) => name.startsWith('countersign-demo-'))).toBe(true)
    started.child.kill(signal)
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(started.temporary)).toEqual([])
  },
)

it('prints the page first, and a line that asks something', async () => {
  const started = demo('--port', '0')
  await eventually(async () => started.stdout().includes('Ctrl-C'), 'the welcome')
  const [first] = started.stdout().match(/http:\/\/\S+/g) ?? []
  expect((await fetch(`${first}beside/policy`)).status).toBe(200)
  expect(started.stdout()).toMatch(/curl -sS http:\/\/127\.0\.0\.1:\d+\/v1\/requests/)
})

it('a port that is taken is told in a sentence', async () => {
  const other = createServer()
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
  })
  const started = demo('--port', String(port))
  const { code, stdout, stderr } = await started.ended
  other.close()
  expect([code, stdout]).toEqual([5, ''])
  expect(stderr).toMatch(new RegExp(`^error\\[port_in_use\\]: port ${port} is taken.*\\nhint: .*--port`))
  expect(readdirSync(started.temporary)).toEqual([])
})

it.each(['x', '-1', '65536', '1.5'])('--port %s is refused', async (port) => {
  const { code, stderr } = await run(['demo', '--port', port], newDirectory())
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error\[usage\]: .*port/)
})

it('a second demo takes another port where the usual one is taken', async () => {
  const [one, two] = [demo('--json'), demo('--json')]
  const pages = await Promise.all([ready(one), ready(two)])
  expect(new Set(pages.map(({ page }) => page)).size).toBe(2)
  expect(existsSync(one.temporary)).toBe(true)
})
