import type { Browser, Page } from 'playwright-core'
import { type Demo, startDemo } from '../src/demo/demo.ts'
import { startSandbox } from '../src/sandbox/index.ts'
import { contextOf, launchBrowser } from '../test/browser/launch.ts'
import { ok } from '../test/sandbox/call.ts'

/**
 * What the demo's page costs in a real browser: from the click on Approve to the pipeline's "approved" on the page, and
 * scrolling through 500 messages. Measured in the page, by its own clock.
 */

const ROUNDS = 30
const MESSAGES = 500
const EVERY_CARD = 5

/** The last click of a yes, until a run is shown as approved or further. Resolves to milliseconds. */
const CLICK_TO_APPROVED = `new Promise((resolve) => {
  const DONE = ['approved', 'consumed', 'done']
  const run = () => document.querySelector('[data-pipeline="agent-export"] [data-run]')
  const started = performance.now()
  const look = () => {
    if (!DONE.includes(run()?.dataset.state)) return
    watch.disconnect()
    requestAnimationFrame(() => resolve(performance.now() - started))
  }
  const watch = new MutationObserver(look)
  watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  const buttons = [...document.querySelectorAll('[role=alertdialog] button, dialog button')]
  buttons.find((button) => button.textContent.trim() === 'Approve').click()
})`

/** From the end to the beginning and back, as fast as frames come. Resolves to the long tasks' milliseconds and the frames. */
const SCROLL = `(async () => {
  const long = []
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration)))
  observer.observe({ type: 'longtask' })
  const log = document.querySelector('[role=log]')
  const frame = () => new Promise(requestAnimationFrame)
  let frames = 0
  for (const way of [-1, 1])
    for (let last = NaN; log.scrollTop !== last; frames++) {
      last = log.scrollTop
      log.scrollBy(0, way * 400)
      await frame()
    }
  await frame()
  return { long: [...long, ...observer.takeRecords().map((entry) => entry.duration)], frames, height: log.scrollHeight }
})()`

interface Scrolled {
  readonly long: readonly number[]
  readonly frames: number
  readonly height: number
}

const newPage = async (browser: Browser): Promise<Page> => (await browser.newContext(contextOf({}))).newPage()

async function approvals(browser: Browser, demo: Demo): Promise<number[]> {
  const page = await newPage(browser)
  await page.goto(`${demo.page}#U0CAROL/C0APPROVALS`)
  await page.getByRole('button', { name: 'Close the tour' }).click()
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await page.getByRole('button', { name: 'Run: An AI agent exports customer data' }).click()
    const card = page.getByRole('article').filter({ hasText: 'Approval needed: data.export' }).last()
    await card.getByRole('button', { name: 'Approve', exact: true }).click()
    took.push(await page.evaluate<number>(CLICK_TO_APPROVED))
    await card.waitFor({ state: 'detached' })
  }
  return took
}

async function scrolling(browser: Browser, card: unknown): Promise<Scrolled> {
  const slack = await startSandbox({ rateLimits: false })
  try {
    for (let n = 0; n < MESSAGES; n++) {
      const blocks = n % EVERY_CARD === 0 ? { blocks: card } : {}
      await ok(slack, 'chat.postMessage', {
        channel: 'C0RANDOM',
        text: `Message *${n}* of \`${MESSAGES}\`.`,
        ...blocks,
      })
    }
    const page = await newPage(browser)
    await page.goto(`${slack.url}/#U0CAROL/C0RANDOM`)
    await page
      .getByRole('article')
      .nth(MESSAGES - 1)
      .waitFor()
    return await page.evaluate<Scrolled>(SCROLL)
  } finally {
    await slack.stop()
  }
}

const quantile = (of: readonly number[], q: number): number =>
  of.toSorted((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * q))] ?? Number.NaN
const ms = (value: number): string => `${value.toFixed(0)} ms`

const demo = await startDemo({ pace: { deedMs: 1 } })
const browser = await launchBrowser()
try {
  const took = await approvals(browser, demo)
  console.log(
    `click on Approve to "approved" on the page, ${took.length} rounds: median ${ms(quantile(took, 0.5))}, ` +
      `p90 ${ms(quantile(took, 0.9))}, longest ${ms(Math.max(...took))}`,
  )
  const { long, frames, height } = await scrolling(browser, demo.slack.messages('C0APPROVALS')[0]?.blocks)
  console.log(
    `scrolling ${MESSAGES} messages (${height} px, ${frames} frames): ${long.length} long tasks, ` +
      `${long.filter((each) => each > 100).length} over 100 ms, longest ${ms(Math.max(0, ...long))}`,
  )
} finally {
  await browser.close()
  await demo.stop()
}
