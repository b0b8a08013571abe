import type { Page, Request } from 'playwright-core'

/** What goes wrong on a page while it is open, one sentence each; the list grows. */
export function watched(page: Page, origin: string): readonly string[] {
  const problems: string[] = []
  const note = (problem: string): void => void problems.push(problem)
  // Refusals of the content security policy are console errors as well.
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => note(`exception: ${error.message}`))
  page.on('crash', () => note('the page crashed'))
  page.on('dialog', (dialog) => {
    note(`dialog: ${dialog.type()} ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => note(`popup: ${popup.url()}`))
  page.on('request', (request) => {
    if (!isAtHome(request, origin)) note(`foreign request: ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    if (!isHungUp(request)) note(`request failed: ${request.url()} ${request.failure()?.errorText}`)
  })
  return problems
}

const isAtHome = (request: Request, origin: string): boolean =>
  request.url().startsWith(`${origin}/`) || request.url().startsWith('data:')

/** The page closed its own stream: the person became somebody else, or the page went away. */
const isHungUp = (request: Request): boolean =>
  request.failure()?.errorText === 'net::ERR_ABORTED' && request.resourceType() === 'eventsource'
