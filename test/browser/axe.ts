import { source } from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What axe-core finds moderate, serious or critical on the page as it is now: `rule | impact | selector | why`. Its source comes
 * through the debugger, since the page's content security policy refuses every script but its own.
 * @param rules their names; all of them unless given.
 */
export async function axe(page: Page, rules?: readonly string[]): Promise<string[]> {
  const debug = await page.context().newCDPSession(page)
  try {
    await debug.send('Runtime.evaluate', { expression: `window.axe || (() => {${source}})()` })
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
      expression: run(rules),
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return JSON.parse(String(result.value)) as string[]
  } finally {
    await debug.detach()
  }
}

const run = (rules?: readonly string[]) => `axe.run(document, {
  resultTypes: ['violations'],
  ${rules ? `runOnly: ${JSON.stringify(rules)},` : ''}
}).then(({ violations }) => JSON.stringify(violations
  .filter(({ impact }) => impact !== 'minor')
  .flatMap(({ id, impact, nodes }) => nodes.map(({ target, any, all }) =>
    [id, impact, target.join(' '), [...any, ...all].map(({ message }) => message)[0] ?? ''].join(' | ')))
))`
