import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { ok } from '../sandbox/call.ts'
import { APPLY } from './asks.ts'
import { inBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says } from './visitor.ts'

/** What one has in sight while a conversation goes on. */

const LONG = {
  ...APPLY,
  context: { diff: Array.from({ length: 40 }, (_, i) => `+ subnet_${i} = "10.0.${i}.0/24"`).join('\n') },
}

/** Whether all of it is inside of the conversation's box. */
const inSight = (what: Locator): Promise<boolean> =>
  what.evaluate((element) => {
    const [inner, outer] = [element, element.closest('[role=log]') ?? element].map((each) =>
      each.getBoundingClientRect(),
    )
    return inner !== undefined && outer !== undefined && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
  })

inBrowser('a conversation', () => {
  const { scene, visit, ask } = usePlace()

  it('shows the headline of a card that is taller than the window once it was answered', async () => {
    const { id } = await ask(LONG)
    const carol = await visit('U0CAROL', 'C0PROD')
    const card = carol.message(id)
    await card.waitFor()
    const headline = card.getByRole('heading').first()
    expect(await inSight(headline)).toBe(false)
    await carol.approve(card)
    await says(card, 'Approved: terraform.apply')
    await expect.poll(() => inSight(headline)).toBe(true)
  })

  it('keeps that headline in sight where the card grows by its end', async () => {
    const { id } = await ask(APPLY)
    const carol = await visit('U0CAROL', 'C0PROD', { height: 640 })
    const card = carol.message(id)
    await card.waitFor()
    const height = await card.evaluate((element) => element.getBoundingClientRect().height)
    // Just so high that the pending card is in sight whole.
    const log = await carol.here.getByRole('log').evaluate((element) => element.getBoundingClientRect().height)
    await carol.page.setViewportSize({ width: 1280, height: Math.ceil(640 - log + height + 16) })
    await expect.poll(() => inSight(card.getByRole('heading').first())).toBe(true)
    await carol.deny(card, Array.from({ length: 12 }, (_, i) => `Reason ${i}.`).join('\n'))
    await says(card, 'Denied: terraform.apply')
    await says(card, 'Reason 11.')
    await carol.page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
    expect(await inSight(card.getByRole('heading').first())).toBe(true)
  })

  it.each(['', '/p'])('shows the whole of what answers a click, where one was at its end (%s)', async (link) => {
    const { slack } = scene()
    for (let i = 0; i < 20; i++) await ok(slack, 'chat.postMessage', { channel: 'C0PROD', text: `before ${i}` })
    const { id } = await ask(APPLY)
    const { ts } = await slack.until(() => slack.messages('C0PROD').find(({ text }) => text.includes(id)), 'the card')
    // Bob is in no group that may answer.
    const bob = await visit('U0BOB', `C0PROD${link === '' ? '' : `${link}${ts.replace('.', '')}`}`)
    const before = slack.as('U0BOB').ephemerals().length
    // Not quite at the end: the buttons of the card are just in sight.
    await bob.here.getByRole('log').evaluate((log) => log.scrollBy(0, -40))
    await bob.approve(bob.message(id))
    await slack.until(() => slack.as('U0BOB').ephemerals().length > before, 'the refusal')
    await says(bob.whisper, 'none of the groups')
    await expect.poll(() => inSight(bob.whisper)).toBe(true)
  })

  it('shows what can be done with a message only while one is at it', async () => {
    const { id } = await ask(APPLY)
    const erin = await visit('U0ERIN', 'C0PROD')
    const card = erin.message(id)
    const tools = card.getByRole('button', { name: 'More actions' })
    await card.getByRole('button', { name: 'Approve', exact: true }).click()
    await erin.dialog.getByRole('button', { name: 'Go back' }).click()
    await tools.waitFor()
    await erin.page.mouse.move(2, 2)
    await tools.waitFor({ state: 'detached' })

    await card.hover()
    await tools.click()
    await erin.page.getByRole('menuitem', { name: 'Copy link' }).hover()
    await erin.page.keyboard.press('Escape')
    await erin.page.mouse.move(2, 2)

    await card.getByRole('button', { name: 'Deny', exact: true }).focus()
    for (let stop = 0; stop < 2; stop++) await erin.page.keyboard.press('Tab')
    await erin.focused(card.getByRole('button', { name: 'Reply in thread' }))
    for (let stop = 0; stop < 2; stop++) await erin.page.keyboard.press('Tab')
    await tools.waitFor({ state: 'detached' })
  })
})

inBrowser('on a phone', () => {
  const { visit } = usePlace()

  it('the name of the workspace and of the person can be read', async () => {
    const { page } = await visit('U0CAROL', 'C0PROD', { width: 375, height: 720 })
    const cut = await page
      .locator('.sb-top h1, .sb-me-name')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth && each.clientWidth > 0).length)
    expect(cut).toBe(0)
  })
})
