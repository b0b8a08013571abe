import { afterEach, describe, expect, it } from 'vitest'
import { callerOf } from '../../src/approval/client.ts'
import { ACTION, buttonValue, CALLBACK } from '../../src/slack/cards/ids.ts'
import { asking, CLIENT, eventually, MODES, refusals, type Stage, stage, status, told } from './door.ts'

describe.each(MODES)('taking back over %s:', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string, channel?: string) => asking(on, userId, text, channel)
  const verdicts = async (id: string) => (await on.store.request(id))?.decisions.map(({ verdict }) => verdict)
  const approving = async (action = 'two.export') => {
    const { request, card } = await on.askAndPost({ action })
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    await eventually(async () => (await verdicts(request.id))?.length === 1, 'the vote')
    return { request, card }
  }
  const cardShows = (card: { channel: string; ts: string }, text: string) =>
    eventually(() => JSON.stringify(on.sandbox.message(card.channel, card.ts)).includes(text), `${text} on the card`)

  describe('a vote', () => {
    it('with the button beside "counted already", and the card shows it struck', async () => {
      on = await stage(mode)
      const { request, card } = await approving()
      const bob = on.sandbox.as('U0BOB')
      await bob.click(card.channel, card.ts, ACTION.approve)
      await told(bob, /counted already/)
      const offer = bob.ephemerals(card.channel).findLast(({ text }) => text.includes('counted already'))
      expect(JSON.stringify(offer?.blocks)).toContain('Take back my vote')
      expect(await bob.click(card.channel, offer?.ts ?? '', ACTION.withdraw)).toMatchObject({ acked: true })
      expect(await verdicts(request.id)).toEqual(['approve', 'withdraw'])
      expect(await told(bob, /taken back/)).toContain('you can vote anew')
      await cardShows(card, '~approve by <@U0BOB>~')
      await bob.click(card.channel, card.ts, ACTION.approve)
      expect(await verdicts(request.id)).toEqual(['approve', 'withdraw', 'approve'])
      await on.sandbox.as('U0CAROL').click(card.channel, card.ts, ACTION.approve)
      expect(await status(on, request.id)).toBe('approved')
    })

    it('from the details, where only those who voted find the button', async () => {
      on = await stage(mode)
      const { request, card } = await approving()
      const opened = async (id: string) => {
        await on.sandbox.as(id).click(card.channel, card.ts, ACTION.details)
        return eventually(() => on.sandbox.as(id).modals()[0], 'the details')
      }
      expect(JSON.stringify((await opened('U0CAROL')).blocks)).not.toContain(ACTION.withdraw)
      const view = await opened('U0BOB')
      expect(view.callback_id).toBe(CALLBACK.details)
      await on.sandbox.as('U0BOB').clickInView(view.id, ACTION.withdraw)
      expect(await verdicts(request.id)).toEqual(['approve', 'withdraw'])
      await told(on.sandbox.as('U0BOB'), /taken back/)
      expect(JSON.stringify(on.sandbox.as('U0BOB').modals().at(-1)?.blocks)).not.toContain(ACTION.withdraw)
    })

    it('from the Home, where the refusal comes in a window', async () => {
      on = await stage(mode)
      const request = await on.ask({ action: 'two.export' })
      const bob = on.sandbox.as('U0BOB')
      await bob.openHome()
      const home = await eventually(() => {
        const view = bob.home()
        return JSON.stringify(view?.blocks ?? '').includes(request.id) && view
      }, 'the Home')
      // Twice before the Home is drawn anew: the second is told so in a window, which has the button.
      await Promise.all([1, 2].map(() => bob.clickInView(home.id, ACTION.approve)))
      const window = await eventually(
        () => bob.modals().find(({ blocks }) => JSON.stringify(blocks).includes(ACTION.withdraw)),
        'the window',
      )
      await bob.clickInView(window.id, ACTION.withdraw)
      expect(await verdicts(request.id)).toEqual(['approve', 'withdraw'])
    })

    it('by command', async () => {
      on = await stage(mode)
      const { request } = await approving()
      expect(await answer('U0BOB', `withdraw ${request.id}`)).toContain('taken back')
      expect(await verdicts(request.id)).toEqual(['approve', 'withdraw'])
      // The digest of the request as it stands: she takes back whatever she said.
      expect((await on.store.request(request.id))?.decisions.at(-1)).toMatchObject({ approver: { userId: 'U0BOB' } })
      expect(await answer('U0BOB', `withdraw ${request.id}`)).toContain('no vote of yours')
      expect(await answer('U0CAROL', `withdraw ${request.id}`)).toContain('no vote of yours')
    })

    it('five times, and then it stays as it is', async () => {
      on = await stage(mode)
      const { request, card } = await approving()
      const bob = on.sandbox.as('U0BOB')
      for (let times = 1; times <= 5; times++) {
        expect(await answer('U0BOB', `withdraw ${request.id}`)).toContain('taken back')
        await bob.click(card.channel, card.ts, ACTION.approve)
      }
      expect(await told(bob, /too often/)).toContain('It needs somebody else')
      expect((await verdicts(request.id))?.filter((verdict) => verdict === 'approve')).toHaveLength(5)
    })

    it('is too late once the request is closed, and counts while everything is paused', async () => {
      on = await stage(mode)
      const { request } = await approving()
      await answer('U0ADMIN', 'pause')
      expect(await answer('U0BOB', `withdraw ${request.id}`)).toContain('taken back')
      await answer('U0ADMIN', 'resume')
      const closed = await approving('one.export')
      expect(await answer('U0BOB', `withdraw ${closed.request.id}`)).toContain('closed already')
      expect(await verdicts(closed.request.id)).toEqual(['approve'])
    })

    it.each([
      ['withdraw', 'Which one?'],
      ['withdraw 17', 'no request id'],
      ['withdraw req_019b0a0000000000000000000000ffff', 'no such request'],
      ['withdraw @bob', 'no request id'],
      ['withdraw req_1 req_2', 'one id and nothing after it'],
      [`withdraw req_${'a'.repeat(4_000)}`, 'no request id'],
    ])('%j takes back nothing, and says why', async (text, expected) => {
      on = await stage(mode)
      expect(await answer('U0BOB', text)).toContain(expected)
    })

    it('of a request that is not hers to see is as if there were none', async () => {
      on = await stage(mode)
      const { request } = await approving()
      for (const verb of ['withdraw', 'revoke', 'breakglass']) {
        expect(await answer('U0ERIN', `${verb} ${request.id}`)).toContain('no such request')
        expect(await answer('U0GUEST', `${verb} ${request.id}`)).toContain('full members')
        expect(await answer('U0BOB', `${verb} ${request.id}`, 'C0SHARED')).toContain('other organisations')
      }
      expect(await verdicts(request.id)).toEqual(['approve'])
    })

    it('with the digest of another request is refused as stale (B42)', async () => {
      on = await stage(mode)
      const { request, card } = await approving()
      const other = await on.ask({ params: { rows: 1 } })
      const bob = on.sandbox.as('U0BOB')
      const swapped = `${request.id}:${buttonValue(other).split(':')[1]}`
      await bob.click(card.channel, card.ts, ACTION.withdraw, { overrideValue: swapped })
      expect(await told(bob, /something else than what is asked/)).toBeDefined()
      expect(await refusals(on, request.id)).toEqual(['stale_card'])
      expect(await verdicts(request.id)).toEqual(['approve'])
    })
  })

  it('works from a direct message between two people as from anywhere else', async () => {
    on = await stage(mode)
    const { request } = await approving()
    const typed = async (user_id: string, text: string, n: number) => {
      const fields = { command: '/approvals', text, user_id, trigger_id: `5.${n}.dm`, channel_id: 'D0BETWEEN' }
      const from = { team_id: on.sandbox.teamId, api_app_id: on.sandbox.appId }
      const [result] = await on.sandbox.deliver('slash_commands', { ...fields, ...from })
      return JSON.stringify(result?.body)
    }
    expect(await typed('U0BOB', `withdraw ${request.id}`, 1)).toContain('taken back')
    expect(await typed('U0BOB', 'delegate <@U0DAVE|dave> for 1d', 2)).toContain('Recorded')
    expect(await typed('U0ADMIN', 'pause', 3)).toContain('*Paused*')
    expect(await typed('U0ADMIN', 'resume', 4)).toContain('Resumed')
    expect(await typed('U0DAVE', 'breakglass', 5)).toContain('no glass')
    expect(await typed('U0ADMIN', `revoke ${request.id}`, 6)).toContain('nothing here that you could revoke')
  })

  describe('an approval that was not used', () => {
    const revoke = async (userId: string, id: string) => {
      const person = on.sandbox.as(userId)
      await answer(userId, `show ${id}`)
      const shown = person.ephemerals('C0RANDOM').at(-1)
      if (!JSON.stringify(shown?.blocks).includes(ACTION.revoke)) return 'no button'
      await person.click('C0RANDOM', shown?.ts ?? '', ACTION.revoke)
      return told(person, /revoke/)
    }

    it('with the button in the answer of show, for whose yes it was; never on the card', async () => {
      on = await stage(mode)
      const { request, card } = await approving('one.export')
      await cardShows(card, 'Approved')
      expect(JSON.stringify(on.sandbox.message(card.channel, card.ts))).not.toContain('"button"')
      expect(await revoke('U0CAROL', request.id)).toBe('no button')
      expect(await revoke('U0ALICE', request.id)).toBe('no button')
      expect(await revoke('U0BOB', request.id)).toContain('can no longer be used')
      expect(await on.store.request(request.id)).toMatchObject({
        status: 'cancelled',
        outcome: { by: 'people', code: 'revoked' },
      })
      await cardShows(card, '*Revoked* by one who had approved it')
      expect(await revoke('U0BOB', request.id)).toBe('no button')
    })

    it('by an admin, with the reason for everybody to read as the text it is', async () => {
      on = await stage(mode)
      const { request, card } = await approving('one.export')
      expect(await answer('U0ADMIN', `revoke ${request.id} the “table” is <!here> wrong`)).toContain('is revoked')
      await cardShows(card, '*Revoked* by an admin')
      await cardShows(card, 'the “table” is <!here> wrong')
      const { blocks } = on.sandbox.message(card.channel, card.ts) ?? {}
      expect(JSON.stringify(blocks?.filter(({ type }) => type === 'section'))).not.toContain('<!here>')
    })

    it('not once it was used, and not while the request is open, by nobody else', async () => {
      on = await stage(mode)
      const used = await approving('one.export')
      const fresh = await on.store.request(used.request.id)
      if (!fresh) throw new Error('gone')
      const use = { executionId: 'run-1', digest: fresh.payloadDigest }
      await on.service.consume(fresh, use, callerOf(CLIENT))
      expect(await answer('U0BOB', `revoke ${fresh.id}`)).toContain('used already')
      const { request } = await approving()
      expect(await answer('U0ADMIN', `revoke ${request.id}`)).toContain('nothing here that you could revoke')
      expect(await answer('U0CAROL', `revoke ${request.id}`)).toContain('nothing here that you could revoke')
      expect(await status(on, request.id)).toBe('pending')
    })

    it.each([
      ['revoke', 'Which one?'],
      ['revoke 17', 'no request id'],
      ['revoke “@bob”', 'no request id'],
      ['revoke req_019b0a0000000000000000000000ffff because', 'no such request'],
      [`revoke req_${'a'.repeat(4_000)}`, 'no request id'],
    ])('%j revokes nothing, and says why', async (text, expected) => {
      on = await stage(mode)
      expect(await answer('U0ADMIN', text)).toContain(expected)
    })

    it('not with a reason as long as a book', async () => {
      on = await stage(mode)
      const { request } = await approving('one.export')
      expect(await answer('U0ADMIN', `revoke ${request.id} ${'x'.repeat(3_000)}`)).toContain('1000 characters at most')
      expect(await status(on, request.id)).toBe('approved')
    })
  })
})
