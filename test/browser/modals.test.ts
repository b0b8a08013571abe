import { afterEach, expect, it } from 'vitest'
import { longScript } from '../../src/demo/asks/long-script.ts'
import { APPLY } from './asks.ts'
import { inBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says } from './visitor.ts'

/** The windows over the conversation, and what Slack says in them. */

inBrowser('a modal', () => {
  const { scene, visit, ask } = usePlace()

  afterEach(async () => {
    const carol = scene().slack.as('U0CAROL')
    for (const { id } of carol.modals().toReversed()) await carol.close(id)
  })

  const visitCard = async (body: object = APPLY) => {
    const request = await ask(body as Record<string, unknown>)
    const carol = await visit('U0CAROL', 'C0PROD')
    const card = carol.message(request.id)
    await card.waitFor()
    const button = (name: string) => card.getByRole('button', { name, exact: true })
    const status = async () => (await scene().api.get(request.id)).body.status
    return { request, carol, card, button, status }
  }

  it('that asks for a reason insists on one, in Slack’s words and its length, and is then gone', async () => {
    const { carol, card, button, request } = await visitCard()
    await button('Deny').click()
    const { dialog } = carol
    await dialog.getByRole('heading', { name: 'Deny this request' }).waitFor()
    const reason = dialog.getByRole('textbox', { name: 'Why not?' })
    const submit = dialog.getByRole('button', { name: 'Deny', exact: true })
    await submit.click()
    await says(dialog, 'Please complete this required field.')
    expect(await reason.getAttribute('aria-invalid')).toBe('true')
    await reason.fill('x'.repeat(2_001))
    await submit.click()
    await says(dialog, 'At most 2,000 characters; this is 2,001.')
    await says(dialog.getByRole('status'), '-1')
    await reason.fill('Not during the sale.')
    await submit.click()
    await dialog.waitFor({ state: 'detached' })
    await says(card, 'Not during the sale.')
    expect((await scene().api.get(request.id)).body).toMatchObject({
      status: 'denied',
      decisions: [{ approver: { slack_user_id: 'U0CAROL' }, reason: 'Not during the sale.' }],
    })
  })

  it.each(['Go back', 'Escape'])('that is left by %s has done nothing, and gives the focus back', async (way) => {
    const { carol, button, status } = await visitCard()
    await button('Deny').click()
    await carol.dialog.getByRole('textbox').fill('half a thought')
    if (way === 'Escape') await carol.page.keyboard.press('Escape')
    else await carol.dialog.getByRole('button', { name: way }).click()
    await carol.dialog.waitFor({ state: 'detached' })
    await carol.focused(button('Deny'))
    await expect.poll(() => scene().slack.as('U0CAROL').modals()).toEqual([])
    expect(await status()).toBe('pending')
  })

  it('that asks whether it was meant sends nothing before the yes', async () => {
    const { carol, card, button, status } = await visitCard()
    await button('Approve').click()
    await says(carol.dialog, /terraform.apply on workspace\/eu in production/)
    await carol.dialog.getByRole('button', { name: 'Go back' }).click()
    await carol.dialog.waitFor({ state: 'detached' })
    await carol.focused(button('Approve'))
    expect(await status()).toBe('pending')
    await carol.approve(card)
    await says(card, 'Approved: terraform.apply')
  })

  it('with the details shows who decides by which rule', async () => {
    const { carol, button, request } = await visitCard()
    await button('Details').click()
    await carol.dialog.getByRole('heading', { name: 'Request details' }).waitFor()
    for (const words of ['applies (require_approval)', 'Timeline', request.id]) await says(carol.dialog, words)
    await carol.page.keyboard.press('Escape')
    await carol.dialog.waitFor({ state: 'detached' })
  })

  it('for a long script shows all of it, page by page, and only then the yes; a no stands upon it', async () => {
    const { carol, card, button } = await visitCard(longScript.ask)
    await button('Review').click()
    const { dialog } = carol
    let text = await dialog.innerText()
    expect(text).not.toContain('orders_0719')
    const yes = dialog.getByRole('button', { name: 'Approve', exact: true })
    for (let page = 0; page < 10 && !(await yes.isVisible()); page++) {
      const before = await dialog.innerText()
      await dialog.getByRole('button', { name: 'Next page' }).click()
      await expect.poll(() => dialog.innerText()).not.toBe(before)
      text += await dialog.innerText()
    }
    for (const words of ['set -euo pipefail', '/var/backups/orders-0700', 'orders_0719']) expect(text).toContain(words)

    await dialog.getByRole('button', { name: 'Deny', exact: true }).click()
    await dialog.getByRole('heading', { name: 'Deny this request' }).waitFor()
    await carol.page.keyboard.press('Escape')
    await dialog.getByRole('heading', { name: 'Deny this request' }).waitFor({ state: 'detached' })
    await yes.click()
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
    await says(card, 'Approved: script.run')
  })

  it('and a button of an app that does not answer say so as Slack does', async () => {
    const { carol, card, button } = await visitCard()
    await button('Deny').click()
    await carol.dialog.getByRole('textbox').fill('Not now.')
    await scene().restart(async () => {
      await carol.dialog.getByRole('button', { name: 'Deny', exact: true }).click()
      await says(carol.dialog, 'We had some trouble connecting. Try again?')
      await carol.page.keyboard.press('Escape')
      await carol.dialog.waitFor({ state: 'detached' })
      await button('Details').click()
      await says(card, /This app did not respond/)
      // Only of what was tried last.
      await button('Deny').click()
      await says(card, /This app did not respond/)
      expect(await card.getByRole('alert').count()).toBe(1)
    })
    await button('Details').click()
    await carol.dialog.getByRole('heading', { name: 'Request details' }).waitFor()
    expect(await card.getByRole('alert').count()).toBe(0)
  })
})
