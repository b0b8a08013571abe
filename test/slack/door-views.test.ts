import { afterEach, describe, expect, it } from 'vitest'
import type { Person, View } from '../../src/sandbox/index.ts'
import { ACTION, CALLBACK, REASON_INPUT } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { eventually, MODES, POLICY, refusals, type Stage, stage, status, told } from './door.ts'

const reason = (text: string) => ({ [REASON_INPUT.block]: { [REASON_INPUT.action]: text } })

const opened = (person: Person, callback: string): Promise<View> =>
  eventually(() => {
    const top = person.modals().at(-1)
    return top?.callback_id === callback ? top : null
  }, `the window ${callback}`)

/** Too much for a card, so that it has to be reviewed page by page. */
const LONG = { params: { lines: Array.from({ length: 3_000 }, (_, i) => `line ${i} of what will be run`) } }

describe.each(MODES)('a window over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })

  it('takes the reason of a deny, keeps it, and closes', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    const form = await opened(bob, CALLBACK.denyReason)
    expect(await status(on, request.id)).toBe('pending')
    expect(await bob.submit(form.id, reason('  not on a Friday\nplease '))).toMatchObject({ acked: true })
    expect(bob.modals()).toEqual([])
    expect(await on.store.request(request.id)).toMatchObject({
      status: 'denied',
      decisions: [{ verdict: 'deny', reason: 'not on a Friday\nplease', approver: { userId: 'U0BOB' } }],
    })
  })

  it('lets a deny do without a reason where the policy does not want one', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    await bob.submit((await opened(bob, CALLBACK.denyReason)).id, reason('   '))
    expect((await on.store.request(request.id))?.decisions).toMatchObject([{ verdict: 'deny', reason: null }])
  })

  it('asks for the reason of a yes where the policy wants one, and says so where it is blank', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'reasoned.export' })
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    const form = await opened(bob, CALLBACK.approveReason)
    expect((await bob.submit(form.id, reason('   '))).errors).toMatchObject({
      [REASON_INPUT.block]: expect.any(String),
    })
    expect(await status(on, request.id)).toBe('pending')
    await bob.submit(form.id, reason('checked with the data team'))
    expect(await on.store.request(request.id)).toMatchObject({
      status: 'approved',
      decisions: [{ verdict: 'approve', reason: 'checked with the data team' }],
    })
  })

  it('asks for the reason also where only today’s policy wants one', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.setPolicy(
      policyFrom(
        POLICY.replace('- { from: data-owners }', '').replace(
          'approvals: [{ from: data-owners }]',
          'approvals: [{ from: data-owners }]\n    reason_required: [approve]',
        ),
      ),
    )
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.approve)
    const form = await opened(bob, CALLBACK.approveReason)
    await bob.submit(form.id, reason('fine'))
    expect(await status(on, request.id)).toBe('approved')
  })

  it('refuses in the window itself, and decides nothing', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const erin = on.sandbox.as('U0ERIN')
    await erin.click(card.channel, card.ts, ACTION.deny)
    await erin.submit((await opened(erin, CALLBACK.denyReason)).id, reason('no'))
    expect(await told(erin, /none of the groups/)).toContain('data-owners')
    expect(erin.ephemerals()).toEqual([])
    expect(await refusals(on, request.id)).toEqual(['not_an_approver'])
    expect(await status(on, request.id)).toBe('pending')
  })

  it('refuses where the request was closed while she wrote', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    const form = await opened(bob, CALLBACK.denyReason)
    await on.sandbox.as('U0CAROL').click(card.channel, card.ts, ACTION.approve)
    await bob.submit(form.id, reason('too late'))
    expect(await told(bob, /closed already/)).toBeDefined()
    expect(await status(on, request.id)).toBe('approved')
  })

  it('refuses what comes out of a channel that was shared in between', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    const form = await opened(bob, CALLBACK.denyReason)
    on.sandbox.setChannel(card.channel, { is_pending_ext_shared: true })
    await bob.submit(form.id, reason('no'))
    expect(await told(bob, /other organisations/)).toBeDefined()
    expect(await refusals(on, request.id)).toEqual(['channel_external'])
  })

  it('takes a reason of three thousand characters and no more', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    await bob.submit((await opened(bob, CALLBACK.denyReason)).id, {}).catch(() => undefined)
    const other = await on.askAndPost()
    await bob.click(other.card.channel, other.card.ts, ACTION.deny)
    const form = await opened(bob, CALLBACK.denyReason)
    const view = {
      ...form,
      state: { values: { [REASON_INPUT.block]: { [REASON_INPUT.action]: { value: 'x'.repeat(3_001) } } } },
    }
    const who = { id: 'U0BOB', team_id: on.sandbox.teamId }
    const [result] = await on.sandbox.deliver('interactive', {
      type: 'view_submission',
      user: who,
      team: { id: on.sandbox.teamId },
      api_app_id: on.sandbox.appId,
      trigger_id: '9.9.long',
      view: view as never,
    })
    expect(result?.body).toMatchObject({ response_action: 'errors' })
    expect(await status(on, other.request.id)).toBe('pending')
    expect(await status(on, request.id)).toBe('denied')
  })

  it('submitted twice counts once', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    await bob.submit((await opened(bob, CALLBACK.denyReason)).id, reason('no'))
    const delivery = on.sandbox.lastDelivery()
    if (!delivery) throw new Error('nothing was delivered')
    await on.sandbox.deliver('interactive', delivery.payload, { copies: 3 })
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
    expect(await refusals(on, request.id)).toEqual([])
  })

  it('says "checking" where Slack is slow, and then how it went', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    const form = await opened(bob, CALLBACK.denyReason)
    on.sandbox.fault({ method: 'conversations.info', kind: 'slow', ms: 1_000, times: 1 })
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 1_000, times: 1 })
    expect(await bob.submit(form.id, reason('no'))).toMatchObject({ acked: true })
    expect(JSON.stringify(bob.modals().at(-1)?.blocks)).toContain('Checking')
    await told(bob, /Recorded/)
    expect(await status(on, request.id)).toBe('denied')
  })

  it('that Slack does not open is said, and nothing is recorded', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.fault({ method: 'views.open', kind: 'error', error: 'expired_trigger_id', times: 2 })
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.deny)
    expect(await told(bob, /did not open the form/)).toContain('nothing was recorded')
    await bob.click(card.channel, card.ts, ACTION.details)
    expect(await told(bob, /did not open the view/)).toBeDefined()
    expect(await status(on, request.id)).toBe('pending')
  })

  it('shows the details to every full member of the workspace, and to nobody else', async () => {
    on = await stage(mode)
    const { card } = await on.askAndPost({ action: 'listed.export', params: { table: 'customers_2026' } })
    const erin = on.sandbox.as('U0ERIN')
    await erin.click(card.channel, card.ts, ACTION.details)
    expect(JSON.stringify((await opened(erin, CALLBACK.details)).blocks)).toContain('customers_2026')
    for (const id of ['U0GUEST', 'U0GONE', 'U0STRANGER', 'U0BOTTY']) {
      await on.sandbox.as(id).click(card.channel, card.ts, ACTION.details)
      await told(on.sandbox.as(id), /./)
      expect(on.sandbox.as(id).modals()).toEqual([])
    }
  })

  it('with all of a long request counts only at its last page, and from there only', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'two.export', ...LONG })
    const bob = on.sandbox.as('U0BOB')
    // The card offers no Approve; a forged one opens the review instead.
    await bob.click(card.channel, card.ts, ACTION.approve, {
      overrideValue: `${request.id}:${request.payloadDigest.slice(7, 23)}`,
    })
    let view = await opened(bob, CALLBACK.review)
    expect(await status(on, request.id)).toBe('pending')
    const seen = new Set<string>()
    for (let turns = 0; turns < 30 && !JSON.stringify(view.blocks).includes(ACTION.approveReviewed); turns++) {
      for (const [line] of JSON.stringify(view.blocks).matchAll(/line \d+ of/g)) seen.add(line)
      const { hash } = view
      await bob.clickInView(view.id, ACTION.reviewNext)
      view = await eventually(() => bob.modals().find((each) => each.hash !== hash), 'the next page')
    }
    for (const [line] of JSON.stringify(view.blocks).matchAll(/line \d+ of/g)) seen.add(line)
    expect(seen.size).toBe(3_000)
    await bob.clickInView(view.id, ACTION.reviewBack)
    const back = await eventually(() => bob.modals().find((each) => each.hash !== view.hash), 'the page before')
    expect(JSON.stringify(back.blocks)).not.toContain(ACTION.approveReviewed)
    await bob.clickInView(back.id, ACTION.reviewNext)
    const last = await eventually(() => bob.modals().find((each) => each.hash !== back.hash), 'the last page')
    expect(await bob.clickInView(last.id, ACTION.approveReviewed)).toMatchObject({ acked: true })
    expect(await told(bob, /Recorded/)).toContain('Still needed')
    expect((await on.store.request(request.id))?.decisions).toMatchObject([{ verdict: 'approve' }])
  })

  it('of one request does not take the button of another (B42)', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost(LONG)
    const other = await on.ask()
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.review)
    const view = await opened(bob, CALLBACK.review)
    const value = `${other.id}:${other.payloadDigest.slice(7, 23)}`
    await on.sandbox.deliver('interactive', {
      type: 'block_actions',
      user: { id: 'U0BOB', team_id: on.sandbox.teamId },
      team: { id: on.sandbox.teamId },
      api_app_id: on.sandbox.appId,
      trigger_id: '8.8.other',
      container: { type: 'view', view_id: view.id },
      view: view as never,
      actions: [{ type: 'button', action_id: ACTION.approveReviewed, block_id: 'b', action_ts: '1.1', value }],
    })
    expect(await told(bob, /something else than what is asked/)).toBeDefined()
    expect([await status(on, request.id), await status(on, other.id)]).toEqual(['pending', 'pending'])
  })

  it('opened over a review denies from there, and leaves no window that still offers a yes', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost(LONG)
    const bob = on.sandbox.as('U0BOB')
    await bob.click(card.channel, card.ts, ACTION.review)
    const review = await opened(bob, CALLBACK.review)
    expect(
      await bob.clickInView(review.id, JSON.stringify(review.blocks).includes(ACTION.deny) ? ACTION.deny : ''),
    ).toMatchObject({
      acked: true,
    })
    const form = await opened(bob, CALLBACK.denyReason)
    expect(bob.modals()).toHaveLength(2)
    await bob.submit(form.id, reason('no'))
    expect(bob.modals()).toEqual([])
    expect(await status(on, request.id)).toBe('denied')
  })
})
