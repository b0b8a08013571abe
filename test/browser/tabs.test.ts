import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { ok } from '../sandbox/call.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { says, Visitor } from './visitor.ts'

/** A browser has six connections to one place, for all its tabs together; every tab of ours holds one for as long as it is looked at. */

inBrowser('many tabs of one browser', () => {
  const desk = useBrowser()
  let demo: Demo
  beforeEach(async () => {
    demo = await startDemo({ pace: { deedMs: 50, ttlSeconds: 3 } })
    // After the pages are closed: they would notice that their demo went away.
    return () => demo.stop()
  })
  const at = (place: string) => `${demo.page}#${place}`

  it('five that are looked at all work, and hear of pipelines and messages', { timeout: 60_000 }, async () => {
    const first = new Visitor(await desk.open(at('U0BOB/C0APPROVALS')))
    const others = await Promise.all(Array.from({ length: 4 }, () => another(first.page, at('U0CAROL/C0APPROVALS'))))
    const visitors = [first, ...others]
    await Promise.all(visitors.map(({ page }) => page.getByTitle(/^You are /).waitFor()))
    await Promise.all(visitors.map((visitor) => visitor.openPanel('Agents and pipelines')))
    const run = await others[3]?.run('An AI agent exports customer data')
    if (!run) throw new Error('there are four others')
    await says(run, 'waits for people')
    const cards = visitors.map((visitor) => visitor.message('Approval needed: data.export').waitFor())
    await Promise.all(cards)
    await others[2]?.approve(others[2].message('Approval needed: data.export'))
    await says(run, 'used once, done')
  })

  it('a tab that nobody looks at holds no connection, and shows everything once it is looked at', {
    timeout: 60_000,
  }, async () => {
    const { slack } = demo
    const first = new Visitor(await desk.open(at('U0BOB/C0APPROVALS')))
    await first.message(/./).or(first.here.getByText('very beginning')).first().waitFor()
    const hidden: Visitor[] = []
    for (let n = 0; n < 7; n += 1) {
      const visitor = await another(first.page, at('U0BOB/C0APPROVALS'))
      await visitor.here.getByText('very beginning').waitFor()
      await look(visitor.page, false)
      hidden.push(visitor)
    }
    await ok(slack, 'chat.postMessage', { channel: 'C0APPROVALS', text: 'while you were away' })
    await first.message('while you were away').waitFor()
    await first.say('I am here')
    await first.message('I am here').waitFor()
    expect(await hidden[0]?.message('while you were away').count()).toBe(0)
    expect(await hidden[0]?.page.getByText('Connection lost').count()).toBe(0)
    if (hidden[0]) await look(hidden[0].page, true)
    await hidden[0]?.message('while you were away').waitFor()
  })

  it('what is half written in a dialog is still there when one comes back', { timeout: 60_000 }, async () => {
    const visitor = new Visitor(await desk.open(at('U0CAROL/C0APPROVALS')))
    await visitor.run('An AI agent exports customer data')
    const card = visitor.message('Approval needed: data.export')
    await card.getByRole('button', { name: 'Deny', exact: true }).click()
    await visitor.dialog.getByRole('textbox').fill('Not before Monday, because')
    await look(visitor.page, false)
    await ok(demo.slack, 'chat.postMessage', { channel: 'C0APPROVALS', text: 'meanwhile' })
    await look(visitor.page, true)
    await visitor.message('meanwhile').waitFor({ state: 'attached' })
    expect(await visitor.dialog.getByRole('textbox').inputValue()).toBe('Not before Monday, because')
  })
})

async function another(page: Page, url: string): Promise<Visitor> {
  const tab = await page.context().newPage()
  tab.setDefaultTimeout(15_000)
  await tab.goto(url)
  return new Visitor(tab)
}

/** No tab of a headless browser is ever in the background: the page is told so. */
const look = (page: Page, isVisible: boolean): Promise<void> =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, value: ${!isVisible} })
    document.dispatchEvent(new Event('visibilitychange'))
    undefined
  `)
