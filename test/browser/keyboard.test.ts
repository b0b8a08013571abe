import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { APPLY } from './asks.ts'
import { inBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says } from './visitor.ts'

/** Without a mouse, and always knowing where one is. */

/** What has the focus and does not show it, itself or by the box around it; or nothing. */
const UNSEEN = `(() => {
  const at = document.activeElement
  if (!at || at === document.body) return ''
  const shows = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
  }
  const box = at.getBoundingClientRect()
  const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  return inSight && (shows(at) || (at.matches('textarea') && shows(at.parentElement))) ? '' : at.outerHTML.slice(0, 160)
})()`

/** Tab by Tab; every stop on the way must show the focus. */
async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  const unseen: string[] = []
  const stops: string[] = []
  for (let stop = 0; stop < 80; stop++) {
    if ((await target.and(page.locator(':focus')).count()) > 0) {
      expect(unseen).toEqual([])
      return
    }
    await page.keyboard.press(key)
    stops.push((await page.evaluate('document.activeElement.outerHTML.slice(0, 60)')) as string)
    const hidden = (await page.evaluate(UNSEEN)) as string
    if (hidden !== '') unseen.push(hidden)
  }
  throw new Error(`eighty Tabs do not lead to ${target}:\n${stops.join('\n')}`)
}

inBrowser('the keyboard alone', () => {
  const { scene, visit, ask } = usePlace()

  it('chooses a person and a channel, approves, denies with a reason, runs a command and opens a panel', {
    timeout: 40_000,
  }, async () => {
    const [first, second] = [await ask(APPLY), await ask({ ...APPLY, params: { plan: 'second' } })]
    const visitor = await visit('U0BOB', 'C0APPROVALS')
    const { page } = visitor
    const { keyboard } = page
    const tab = (target: Locator) => tabTo(page, target)
    const back = (target: Locator) => tabTo(page, target, 'Shift+Tab')

    await tab(page.getByTitle(/^You are Bob/))
    await keyboard.press('Enter')
    // Letters typed before the list has the focus would go to nobody.
    await visitor.focused(page.getByRole('option', { name: /^Bob/ }))
    // Letters that follow each other are one word: not the next entry with each of them.
    await keyboard.type('ad')
    await visitor.focused(page.getByRole('option', { name: /^Admin/ }))
    await keyboard.press('Escape')
    await keyboard.press('Enter')
    await visitor.focused(page.getByRole('option', { name: /^Bob/ }))
    await keyboard.type('ca')
    await keyboard.press('Enter')
    await page.getByTitle(/^You are Carol/).waitFor()

    await tab(page.getByRole('link', { name: /^approvals/ }))
    await keyboard.press('ArrowDown')
    await visitor.focused(page.getByRole('link', { name: /^prod/ }))
    await keyboard.press('Enter')

    const card = visitor.message(first.id)
    await card.waitFor()
    await tab(card.getByRole('button', { name: 'Approve', exact: true }))
    await keyboard.press('Enter')
    await visitor.dialog.waitFor()
    // The focus is on the way back, so that a key held too long is not a yes.
    await visitor.focused(visitor.dialog.getByRole('button', { name: 'Go back' }))
    await tab(visitor.dialog.getByRole('button', { name: 'Approve' }))
    await keyboard.press('Enter')
    await says(card, 'Approved: terraform.apply')

    const other = visitor.message(second.id)
    await other.waitFor()
    await tab(other.getByRole('button', { name: 'Deny', exact: true }))
    await keyboard.press('Enter')
    await visitor.focused(visitor.dialog.getByRole('textbox', { name: 'Why not?' }))
    await keyboard.type('Not during the sale.')
    await tab(visitor.dialog.getByRole('button', { name: 'Deny', exact: true }))
    await keyboard.press('Enter')
    await says(other, 'Not during the sale.')

    await tab(visitor.here.getByRole('textbox', { name: /^Message to/ }))
    await keyboard.type('/approvals help')
    await keyboard.press('Enter')
    await says(visitor.whisper, '/approvals show')

    const developer = visitor.panelButton('Developer')
    await tab(developer)
    await keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Developer' })
    await panel.waitFor()
    await back(panel.locator('*'))
    await tab(developer)
    await keyboard.press('Enter')
    await panel.waitFor({ state: 'detached' })

    const statuses = [first, second].map(async ({ id }) => (await scene().api.get(id)).body.status)
    expect(await Promise.all(statuses)).toEqual(['approved', 'denied'])
  })
})
