import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { axe } from './axe.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { says, Visitor } from './visitor.ts'

/** Every main state of the page, wide and narrow, light and dark: nothing sticks out, nothing stands in a reader’s way. */

const SIZES = [
  [1280, 800],
  [375, 720],
] as const

inBrowser('the page', () => {
  const desk = useBrowser()
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo({ pace: { deedMs: 10 } })
  })
  afterAll(() => demo?.stop())

  it.each(SIZES)(
    'at %i × %i has room for everything and nothing for axe that is more than minor, light and dark',
    {
      timeout: 60_000,
    },
    async (width, height) => {
      const page = await desk.open(`${demo.page}#U0BOB/C0APPROVALS`, { width, height })
      const visitor = new Visitor(page)
      const wrong: string[] = []
      const look = async (state: string) => {
        const found = await flaws(page)
        wrong.push(...found.map((flaw) => `${state}: ${flaw}`))
      }

      await page.getByRole('region', { name: 'Guided tour' }).waitFor()
      await look('the tour')
      await page.getByRole('button', { name: 'Close the tour' }).click()

      await says(await visitor.run('An AI agent exports customer data'), 'waiting')
      await says(await visitor.run('A request with hostile text in it'), 'waiting')
      await look('the pipelines')
      await visitor.panelButton('Agents and pipelines').click()
      await visitor.goTo('approvals')
      const card = visitor.message('Approval needed: data.export').last()
      await visitor.approve(card)
      await says(visitor.whisper, 'behind this ask')
      await look('cards and a refusal')

      await card.getByRole('button', { name: 'Approve', exact: true }).click()
      await visitor.dialog.waitFor()
      await look('a question')
      await page.keyboard.press('Escape')
      await card.getByRole('button', { name: 'Deny', exact: true }).click()
      await visitor.dialog.getByRole('textbox').waitFor()
      await look('a form')
      await visitor.dialog.getByRole('button', { name: 'Go back' }).click()

      await page.getByTitle(/^You are /).click()
      await page.getByRole('option').first().waitFor()
      await look('the switcher')
      await page.keyboard.press('Escape')

      for (const panel of ['Audit log', 'Developer', 'Faults']) {
        await visitor.openPanel(panel)
        await look(panel)
        await visitor.panelButton(panel).click()
      }

      const drawer = page.getByRole('button', { name: /^Channels/ })
      if (await drawer.isVisible()) {
        await drawer.click()
        await look('the list of channels')
        await drawer.click()
      }

      await page.goto(`${demo.page}#U0CAROL/home`)
      await says(visitor.here, 'Waiting for you')
      await look('Home')
      expect(wrong).toEqual([])
    },
  )
})

/** In the light and in the dark. */
async function flaws(page: Page): Promise<string[]> {
  const found = [...(await axe(page)), ...((await page.evaluate(STICKS_OUT)) as string[])]
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await axe(page, ['color-contrast'])
  await page.emulateMedia({ colorScheme: 'light' })
  return [...found, ...dark.map((flaw) => `in the dark: ${flaw}`)]
}

/** The page scrolls sideways, and what makes it so. */
const STICKS_OUT = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const wide = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > clientWidth + 1)
  return ['scrolls sideways: ' + scrollWidth + ' > ' + clientWidth + ' by ' + (wide.at(-1)?.outerHTML ?? '').slice(0, 200)]
})()`
