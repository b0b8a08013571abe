import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { contextOf, type Frame, launchBrowser } from './launch.ts'
import { watched } from './watched.ts'

/** Browser tests: like `describe`, skipped where no Chromium is installed (the global set-up says so). */
export const inBrowser = describe.skipIf(chromiumPath === null)

interface Look extends Frame {
  /** Problems that this test provokes on purpose. */
  readonly expected?: readonly RegExp[]
  /** Gets the page before anything is loaded. */
  readonly before?: (page: Page) => void
}

export interface Desk {
  /** Opens the address in a browser profile of its own. Whatever goes wrong on the page fails the test at its end. */
  open(url: string, look?: Look): Promise<Page>
  /** What went wrong on it so far. */
  problems(page: Page): readonly string[]
}

interface Open {
  readonly page: Page
  readonly context: BrowserContext
  readonly problems: readonly string[]
  readonly expected: readonly RegExp[]
}

/**
 * One browser for the tests of a file. After each test every page that it opened must have gone without a console
 * error, an exception, a refusal of the content security policy, a failed or foreign request, or a dialog.
 */
export function useBrowser(): Desk {
  let browser: Browser | null = null
  const opened: Open[] = []
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const pages = opened.splice(0)
    for (const { context } of pages) await context.close()
    const unexpected = pages.flatMap(({ problems, expected }) =>
      problems.filter((problem) => !expected.some((pattern) => pattern.test(problem))),
    )
    expect(unexpected).toEqual([])
  })
  afterAll(() => browser?.close())
  return {
    open: async (url, look = {}) => {
      if (!browser) throw new Error('the browser is opened before the tests of a file, not while they are collected')
      const context = await browser.newContext(contextOf(look))
      const page = await context.newPage()
      page.setDefaultTimeout(8_000)
      opened.push({ page, context, problems: watched(page, new URL(url).origin), expected: look.expected ?? [] })
      look.before?.(page)
      await page.goto(url)
      return page
    },
    problems: (page) => opened.find((each) => each.page === page)?.problems ?? [],
  }
}
