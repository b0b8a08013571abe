import { expect, it } from 'vitest'
import { startSandbox } from '../../src/sandbox/index.ts'
import { call, ok } from '../sandbox/call.ts'
import { APPLY } from './asks.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says, Visitor } from './visitor.ts'

/** What happens elsewhere is on the page at once, also what goes wrong. */

inBrowser('the page, without a reload,', () => {
  const { scene, visit, ask } = usePlace()

  it('shows two people what the other does: words, marks of the unread, a card that closes', async () => {
    const [bob, carol] = [await visit('U0BOB', 'C0RANDOM'), await visit('U0CAROL', 'C0PROD')]
    await bob.say('Shall we apply it?')
    await says(carol.page.getByRole('link', { name: /^random/ }), '1 unread')
    const { id } = await ask(APPLY)
    await bob.goTo('prod')
    await bob.message(id).waitFor()
    await carol.approve(carol.message(id))
    await says(bob.message(id), 'Approved: terraform.apply')
    await carol.goTo('random')
    await says(carol.message('Shall we apply it?'), 'bob')
  })

  it('tells a developer what Slack refused, with the limit that was broken', async () => {
    const { slack } = scene()
    const visitor = await visit('U0ADMIN', 'C0RANDOM')
    const panel = await visitor.openPanel('Developer')
    const latest = panel.getByRole('listitem').first()
    const channel = 'C0RANDOM'
    const section = { type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3_001) } }
    const long = Array.from({ length: 5 }, () => ({
      ...section,
      text: { type: 'plain_text', text: 'x'.repeat(3_000) },
    }))
    const refused = [
      ['chat.postMessage', { channel, text: 'x', blocks: [section] }, 'invalid_blocks', /less than 3001 characters/],
      [
        'chat.postMessage',
        { channel, text: 'x', blocks: [{ type: 'sectoin' }] },
        'invalid_blocks',
        /sectoin|unsupported type/,
      ],
      ['chat.postMessage', { channel, text: 'x', blocks: long }, 'msg_blocks_too_long', /all together are too long/],
      ['chat.pots', {}, 'unknown_method', /no method of this name/],
      ['chat.postMessage', { channel, text: 'x' }, 'invalid_auth', /does not know this token/],
    ] as const
    for (const [method, args, error, meaning] of refused) {
      const token = error === 'invalid_auth' ? 'xoxb-wrong' : slack.botToken
      expect((await call(slack, method, args, token)).body.error).toBe(error)
      await says(latest, error)
      await latest.locator('summary').first().click()
      await says(latest, meaning)
    }
  })

  it('tells a developer that a trigger was too old', async () => {
    const { slack } = scene()
    const visitor = await visit('U0ADMIN', 'C0RANDOM')
    const panel = await visitor.openPanel('Developer')
    await visitor.say('/approvals help')
    await says(visitor.whisper, '/approvals show')
    const { trigger_id } = slack.lastDelivery()?.payload ?? {}
    slack.advance(3_100)
    const view = { type: 'modal', title: { type: 'plain_text', text: 'Late' }, blocks: [] }
    expect((await call(slack, 'views.open', { trigger_id, view })).body.error).toBe('expired_trigger_id')
    const latest = panel.getByRole('listitem').first()
    await says(latest, 'expired_trigger_id')
    await latest.locator('summary').first().click()
    await says(latest, /3 seconds|three seconds/i)
  })

  it('lets Slack go down and come back, and the bot copes', { timeout: 40_000 }, async () => {
    const visitor = await visit('U0CAROL', 'C0PROD')
    const faults = await visitor.openPanel('Faults')
    await faults.getByRole('button', { name: 'Slack down' }).click()
    await says(faults, /Broken now/)
    await says(visitor.panelButton('Faults'), '1')
    const { id } = await ask({ ...APPLY, params: { plan: 'while Slack is down' } })
    await scene().slack.until(() => scene().slack.connections() === 0, 'the sockets to be cut')
    expect(await visitor.message(id).count()).toBe(0)
    await faults.getByRole('button', { name: 'Mend all' }).click()
    await visitor.message(id).waitFor({ timeout: 20_000 })
    await scene().slack.until(() => scene().slack.connections() > 0, 'a socket', 20_000)
    await visitor.approve(visitor.message(id))
    await says(visitor.message(id), 'Approved: terraform.apply')
  })

  it('shows a block that it does not know as such', async () => {
    const { slack } = scene()
    const visitor = await visit('U0ERIN', 'C0AUDIT')
    const screen = (await (await fetch(`${slack.url}/control/people/U0ERIN/screen`)).json()) as object
    const blocks = [{ type: 'hologram', beam: { text: '<b>up</b>' } }]
    const message = { ts: '1700000000.000100', channel: 'C0AUDIT', user: slack.botUserId, text: '', blocks }
    // No app can post it here; a workspace of next year might hold it.
    await visitor.page.route('**/control/live*', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `data: ${JSON.stringify({ ...screen, messages: [message] })}\n\n`,
      }),
    )
    await visitor.page.reload()
    const unknown = visitor.here.getByRole('article')
    await says(unknown, 'Unknown block: hologram')
    await unknown.getByText('Unknown block').click()
    await says(unknown, '<b>up</b>')
  })
})

inBrowser('a page whose workspace goes away', () => {
  const desk = useBrowser()

  it('says so, and goes on when it is back', async () => {
    const first = await startSandbox()
    const port = Number(new URL(first.url).port)
    const expected = [
      /ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_ABORTED|ERR_EMPTY/,
    ]
    const visitor = new Visitor(await desk.open(`${first.url}/#U0BOB/C0RANDOM`, { expected }))
    await ok(first, 'chat.postMessage', { channel: 'C0RANDOM', text: 'before' })
    await visitor.message('before').waitFor()
    await first.stop()
    await says(visitor.page.getByRole('status'), 'Connection lost')
    const second = await startSandbox({ port })
    try {
      await ok(second, 'chat.postMessage', { channel: 'C0RANDOM', text: 'after' })
      await visitor.message('after').waitFor()
      expect(await visitor.message('before').count()).toBe(0)
      expect(await visitor.page.getByText('Connection lost').count()).toBe(0)
    } finally {
      await second.stop()
    }
  })
})
