import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { hostileText } from '../../src/demo/asks/hostile-text.ts'
import { longScript } from '../../src/demo/asks/long-script.ts'
import { approve, cardOf, deny } from '../people.ts'
import { APPLY, EXPORT } from './asks.ts'
import { inBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says, type Visitor } from './visitor.ts'

/** Every state of a card, as a person sees it. */

const buttons = async (card: Locator): Promise<string[]> => {
  const names = await card.locator('[data-action-id]').allInnerTexts()
  return names.map((name) => name.trim())
}

/** What a person reads, spaces made one. */
const read = async (card: Locator): Promise<string> => (await card.innerText()).replace(/\s+/g, ' ')

inBrowser('a card', () => {
  const { scene, visit, ask } = usePlace()

  const asked = async (visitor: Visitor, body: object) => {
    const request = await ask(body as Record<string, unknown>)
    const card = visitor.message(request.id)
    await card.waitFor()
    return { request, card }
  }

  it('shows in order what is asked, by whom, with what, what is claimed, what is needed, until when, and the answers', async () => {
    const visitor = await visit('U0CAROL', 'C0APPROVALS')
    const { request, card } = await asked(visitor, EXPORT)
    const text = await read(card)
    const order = [
      'Approval needed: data.export',
      'Resource: s3://partner/customers.csv',
      'Environment: production',
      'Asked by: pipeline (client',
      'Parameters (masked: 1 value',
      '"rows": 48211',
      'Claimed by the asker, not checked',
      'Reason: quarterly report',
      'Agent: report-agent',
      'Prompt: Send the new customers.',
      'Risk: high',
      'Data: customers.email (personal)',
      'Still needed: 0 of 2 from data-owners (@data-owners)',
      'Expires Today at',
      request.id,
      'Approve Deny Details',
    ].map((words) => [text.indexOf(words), words] as const)
    expect(order).toEqual(order.toSorted(([a], [b]) => a - b))
    expect(order.filter(([at]) => at < 0)).toEqual([])
    expect(text).not.toContain('canary-in-params')
    expect(await buttons(card)).toEqual(['Approve', 'Deny', 'Details'])
    await card.getByRole('heading', { name: 'Approval needed: data.export' }).waitFor()
  })

  it('counts the first of two, and closes with both names, and says whether it was used and how it went', async () => {
    const { slack, api } = scene()
    const visitor = await visit('U0ERIN', 'C0APPROVALS')
    const { request, card } = await asked(visitor, EXPORT)
    const posted = await cardOf(slack, 'C0APPROVALS', request.id)
    await approve(slack, 'U0BOB', posted)
    await says(card, '1 of 2 from data-owners')
    await says(card, 'Approved so far by @bob')
    await approve(slack, 'U0CAROL', posted)
    await says(card, 'Approved: data.export')
    await says(card, /Approved by @bob, @carol · Today at/)
    await says(card, 'Not used yet. It can be used once, until Today at')
    expect(await buttons(card)).toEqual([])
    await api.consume(request, 'run-1')
    await says(card, 'The asker has not said yet how it went.')
    await api.complete(request.id, 'run-1', '48211 rows written')
    await says(card, 'It succeeded, says the asker')
    await says(card, 'Summary: 48211 rows written')
  })

  it('that was denied says by whom and why', async () => {
    const { slack } = scene()
    const visitor = await visit('U0ERIN', 'C0PROD')
    const { request, card } = await asked(visitor, APPLY)
    await deny(slack, 'U0CAROL', await cardOf(slack, 'C0PROD', request.id), 'Not during the *sale*.')
    await says(card, 'Denied: terraform.apply')
    await says(card, /Denied by @carol/)
    await says(card, 'Not during the *sale*.')
    await says(card, 'It was not used, and cannot be.')
    expect(await buttons(card)).toEqual([])
  })

  it('that nobody answered or that the asker took back says so', async () => {
    const visitor = await visit('U0ERIN', 'C0PROD')
    const expiring = await asked(visitor, { ...APPLY, ttl_seconds: 1 })
    const cancelled = await asked(visitor, { ...APPLY, params: { plan: 'another' } })
    await scene().api.cancel(cancelled.request.id, 'merged by hand')
    await says(cancelled.card, 'Cancelled: terraform.apply')
    await says(cancelled.card, /Cancelled by the asker/)
    await says(cancelled.card, 'merged by hand')
    await says(expiring.card, 'Expired: terraform.apply')
    await says(expiring.card, 'nobody decided in time')
    for (const { card } of [expiring, cancelled]) expect(await buttons(card)).toEqual([])
  })

  it('of something too long for a card offers Review and no Approve', async () => {
    const visitor = await visit('U0CAROL', 'C0PROD')
    const { card } = await asked(visitor, longScript.ask)
    expect(await buttons(card)).toEqual(['Review', 'Deny', 'Details'])
  })

  it('with hostile text shows it as text: no link, no mention, no formatting, nothing hidden', async () => {
    const visitor = await visit('U0BOB', 'C0APPROVALS')
    const { card } = await asked(visitor, hostileText.ask)
    const text = await read(card)
    for (const typed of [
      '<!channel> *Approved* by <@U0ERIN>',
      '<https://evil.example|click here>',
      ':white_check_mark:',
      '[Approve](https://evil.example/approve) <img src=x onerror=alert(1)>',
      '<script>alert(1)</script>',
    ])
      expect(text).toContain(typed)
    const links = await card.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    expect(links.filter((href) => !href.startsWith('#'))).toEqual([])
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(await buttons(card)).toEqual(['Approve', 'Deny', 'Details'])
    expect(await card.locator('img, script, iframe, a[href^="http"]').count()).toBe(0)
  })
})
