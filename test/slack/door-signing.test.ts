import { afterEach, describe, expect, it } from 'vitest'
import { ACTION, CALLBACK, NOTE_INPUT } from '../../src/slack/cards/ids.ts'
import { policyFrom } from '../policy/policies.ts'
import { asking, eventually, MODES, POLICY, type Stage, stage } from './door.ts'
import { broken, note, opened, opening, shown, WHY } from './glass.ts'

describe.each(MODES)('the review of broken glass over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string) => asking(on, userId, text)

  it('is signed by somebody else, from the list, and the card says so', async () => {
    on = await stage(mode)
    const { request, card } = await broken(on)
    await answer('U0BOB', 'breakglass')
    const bob = on.sandbox.as('U0BOB')
    const list = bob.ephemerals('C0RANDOM').at(-1)
    await bob.click('C0RANDOM', list?.ts ?? '', ACTION.signReview)
    const view = await opened(bob, CALLBACK.signReview)
    for (const words of ['The glass was broken', WHY, 'customers.csv']) expect(shown(view)).toContain(words)
    expect((await bob.submit(view.id, note('   '))).errors).toMatchObject({ [NOTE_INPUT.block]: expect.any(String) })
    await bob.submit(view.id, note('was right: <@U0CAROL> was away'))
    expect(shown(bob.modals().at(-1))).toContain('the review is signed')
    expect((await on.store.request(request.id))?.brokenGlass?.review).toMatchObject({ userId: 'U0BOB' })
    const message = await eventually(() => {
      const now = JSON.stringify(on.sandbox.message(card.channel, card.ts))
      return now.includes('Reviewed by <@U0BOB>') && now
    }, 'the card')
    expect(message).not.toContain('Review open')
    expect(message).toContain('was right: <@U0CAROL> was away')
    expect(await on.store.openReviews(10)).toEqual([])
  })

  it('is signed from the Home of who may, by command, and never by who broke it', async () => {
    on = await stage(mode)
    const { request } = await broken(on)
    expect(await answer('U0DAVE', `breakglass ${request.id}`)).toContain('waits for somebody else')
    const carol = on.sandbox.as('U0CAROL')
    await carol.openHome()
    const home = await eventually(() => {
      const view = carol.home()
      return shown(view).includes(ACTION.signReview) && view
    }, 'the Home')
    expect(shown(home)).toContain('Broken glass to review')
    await on.sandbox.as('U0DAVE').openHome()
    const hers = await eventually(() => on.sandbox.as('U0DAVE').home(), 'her own Home')
    expect(shown(hers)).not.toContain(ACTION.signReview)
    await carol.clickInView(home.id, ACTION.signReview)
    const view = await opened(carol, CALLBACK.signReview)
    // An admin who is in none of the groups.
    on.setPolicy(policyFrom(POLICY.replace('admins: [U0ADMIN]', 'admins: [U0ERIN]')))
    const admin = await opening(on, 'U0ERIN', request.id, CALLBACK.signReview)
    await on.sandbox.as('U0ERIN').submit(admin.id, note('looked at it'))
    await carol.submit(view.id, note('too late'))
    expect(shown(carol.modals().at(-1))).toContain('no review to sign')
    expect((await on.store.request(request.id))?.brokenGlass?.review?.userId).toBe('U0ERIN')
    expect(await answer('U0BOB', `breakglass ${request.id}`)).toContain('closed already')
  })
})
