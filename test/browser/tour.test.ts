import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { broken } from '../invariants.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { says, Visitor } from './visitor.ts'

/** The guided tour as a newcomer clicks through it, with nothing but what it says. */

const SIZES = [
  ['at a desk', 1280, 800],
  ['on a phone', 375, 720],
] as const

inBrowser('the guided tour', () => {
  const desk = useBrowser()
  let demo: Demo
  beforeEach(async () => {
    demo = await startDemo({ pace: { deedMs: 50, ttlSeconds: 3 } })
    // After the page is closed: it would notice that its demo went away.
    return () => demo.stop()
  })

  it.each(SIZES)(
    '%s leads from the first ask to the tampered log, and every invariant holds',
    {
      timeout: 60_000,
    },
    async (_where, width, height) => {
      await takeTheTour(await desk.open(demo.page, { width, height }))
      const canaries = [demo.key, 'not-a-real-key-4f9d1c77']
      const texts = { 'calls to Slack': JSON.stringify(demo.slack.calls) }
      expect(await broken(join(demo.directory, 'countersign.db'), { canaries, texts })).toEqual([])
      expect(demo.slack.protocolFaults).toEqual([])
    },
  )
})

async function takeTheTour(page: Page): Promise<void> {
  const visitor = new Visitor(page)
  const tour = page.getByRole('region', { name: 'Guided tour' })
  const showMe = () => tour.getByRole('button', { name: 'Show me' }).click()
  const panel = (title: string) => page.getByRole('complementary', { name: title })
  const run = (title: string) =>
    panel('Agents and pipelines')
      .getByRole('button', { name: `Run: ${title}` })
      .click()

  await says(tour, 'An agent asks')
  await showMe()
  await run('An AI agent exports customer data')

  await says(tour, 'Approve your own ask')
  await showMe()
  const asked = visitor.message('Approval needed: data.export')
  await visitor.approve(asked)
  await says(visitor.whisper, /behind this ask/)

  await says(tour, 'Somebody else approves')
  await says(tour, 'nobody approves their own ask')
  await showMe()
  await page.getByTitle(/^You are Carol/).waitFor()
  await visitor.approve(asked)
  await visitor.message('Approved: data.export').waitFor()

  await says(tour, 'Say no, and why')
  await says(tour, 'The agent was told at once')
  await showMe()
  await run('A job rotates a payment key')
  await says(tour, 'click Deny and write a reason')
  await showMe()
  await page.getByTitle(/^You are Erin/).waitFor()
  await visitor.deny(visitor.message('Approval needed: secret.rotate'), 'Not during the sale.')
  await says(visitor.message('Denied: secret.rotate'), 'Not during the sale.')

  await says(tour, 'Say nothing')
  await showMe()
  await run('A hotfix that cannot wait')
  await says(tour, 'Leave its card alone')

  await says(tour, 'Change the past')
  await showMe()
  const log = panel('Audit log')
  await log.getByRole('button', { name: 'Tamper', exact: true }).click()
  await says(tour, 'That was the tour')
  await says(log, /Tampered: entry \d+/)
  await log.getByRole('button', { name: 'Put it back' }).click()
  await says(log, /Verified: all \d+ entries are as they were written/)
}
