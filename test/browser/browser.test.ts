import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axe } from './axe.ts'
import { inBrowser, useBrowser } from './browser.ts'

/** The eyes of the browser tests: they see what goes wrong, also behind a strict content security policy. */

const CSP = "default-src 'none'; script-src 'self'; img-src 'self' data: http:; require-trusted-types-for 'script'"
const head = '<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">'
const PAGES: Readonly<Record<string, string>> = {
  '/bad': `${head}<main><h1>Bad</h1><script>window.hacked = true</script><script src="/app.js"></script>
    <img src="http://127.0.0.2:1/pixel.png"><button></button></main>`,
  '/good': `${head}<main><h1>Good</h1><button>Named</button></main>`,
  '/app.js': `console.error('said'); setTimeout(() => { throw new Error('thrown') }); setTimeout(() => alert('hello'))`,
}

inBrowser('the browser tests', () => {
  const desk = useBrowser()
  let server: Server
  let home = ''
  beforeAll(async () => {
    server = createServer((incoming, outgoing) => {
      const type = incoming.url?.endsWith('.js') ? 'text/javascript' : 'text/html'
      outgoing.writeHead(200, { 'content-type': type, 'content-security-policy': CSP })
      outgoing.end(PAGES[incoming.url ?? ''] ?? 'nothing')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('see console errors, exceptions, refused scripts, dialogs and foreign requests', async () => {
    const page = await desk.open(`${home}/bad`, { expected: [/./] })
    for (const problem of [
      /^console: said/,
      /^exception: thrown/,
      /^console: .*inline script violates/,
      /^dialog: alert hello/,
      /^foreign request: http:..127.0.0.2:1.pixel.png/,
      /^request failed: http:..127.0.0.2:1.pixel.png/,
    ])
      await expect.poll(() => desk.problems(page)).toContainEqual(expect.stringMatching(problem))
    expect(await page.evaluate('window.hacked')).toBeUndefined()
  })

  it('see what a screen reader stumbles over', async () => {
    const bad = await desk.open(`${home}/bad`, { expected: [/./] })
    const found = await axe(bad)
    expect(found).toContainEqual(expect.stringContaining('button-name'))
    expect(found).toContainEqual(expect.stringContaining('image-alt'))
    const good = await desk.open(`${home}/good`)
    expect(await axe(good)).toEqual([])
  })
})
