import type { Request } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { inBrowser, useBrowser } from './browser.ts'

const MOST_BYTES = 100_000

inBrowser('the demo’s page', () => {
  const desk = useBrowser()
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterAll(() => demo?.stop())

  it('weighs less than 100 kB on the wire, scripts, styles and all, and fetches nothing from elsewhere', async () => {
    const weighing: Promise<readonly [url: string, bytes: number]>[] = []
    const weigh = async (request: Request) => {
      const { responseHeadersSize, responseBodySize } = await request.sizes()
      return [request.url(), responseHeadersSize + responseBodySize] as const
    }
    const page = await desk.open(demo.page, {
      before: (fresh) => fresh.on('requestfinished', (request) => void weighing.push(weigh(request))),
    })
    await page.getByRole('log').waitFor()
    const weights = await Promise.all(weighing)
    expect(weights.filter(([url]) => !url.startsWith(demo.page))).toEqual([])
    expect(weights.map(([url]) => url)).toContainEqual(expect.stringMatching(/\.js$/))
    expect(weights.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(MOST_BYTES)
  })
})
