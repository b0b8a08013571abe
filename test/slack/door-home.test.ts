import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { eventually, MODES, type Stage, stage, status, told } from './door.ts'

describe.each(MODES)('the Home tab over %s', (mode) => {
  let on: Stage
  afterEach(() => on.stop())

  const showing = (id: string, text: string, label = `${text} in the Home of ${id}`) =>
    eventually(() => {
      const home = on.sandbox.as(id).home()
      return JSON.stringify(home?.blocks ?? '').includes(text) && home
    }, label)

  it('shows what waits for her, and to the asker what she asked', async () => {
    on = await stage(mode)
    const request = await on.ask({ resource: 's3://bucket/mine.csv' })
    await on.sandbox.as('U0BOB').openHome()
    expect(JSON.stringify((await showing('U0BOB', request.id)).blocks)).toContain(ACTION.approve)
    await on.sandbox.as('U0ALICE').openHome()
    expect(JSON.stringify((await showing('U0ALICE', request.id)).blocks)).not.toContain(ACTION.approve)
    await on.sandbox.as('U0ERIN').openHome()
    const erin = await showing('U0ERIN', 'Nothing waits for you')
    expect(JSON.stringify(erin.blocks)).not.toContain(request.id)
  })

  it('follows what happens while it is open', async () => {
    on = await stage(mode)
    await on.sandbox.as('U0BOB').openHome()
    await showing('U0BOB', 'Nothing waits for you')
    const request = await on.ask()
    const home = await showing('U0BOB', request.id)
    expect(await on.sandbox.as('U0BOB').clickInView(home.id, ACTION.approve)).toMatchObject({ acked: true })
    expect(await status(on, request.id)).toBe('approved')
    await showing('U0BOB', 'Nothing waits for you')
  })

  it('answers a refused click with a notice', async () => {
    on = await stage(mode)
    const request = await on.ask()
    const bob = on.sandbox.as('U0BOB')
    await bob.openHome()
    const home = await showing('U0BOB', request.id)
    on.sandbox.setUser('U0BOB', { is_restricted: true })
    await eventually(async () => {
      await bob.clickInView(home.id, ACTION.approve)
      return bob.modals().some(({ blocks }) => JSON.stringify(blocks).includes('Guests cannot decide'))
    }, 'the notice')
    expect(await status(on, request.id)).toBe('pending')
  })

  it('takes a deny with its reason', async () => {
    on = await stage(mode)
    const request = await on.ask()
    const bob = on.sandbox.as('U0BOB')
    await bob.openHome()
    const home = await showing('U0BOB', request.id)
    await bob.clickInView(home.id, ACTION.deny)
    const form = await eventually(() => bob.modals()[0], 'the form')
    await bob.submit(form.id, { 'countersign:reason_block': { 'countersign:reason': 'no' } })
    expect(await status(on, request.id)).toBe('denied')
  })

  it('is made anew once where an older one was in the way', async () => {
    on = await stage(mode)
    const bob = on.sandbox.as('U0BOB')
    await bob.openHome()
    await showing('U0BOB', 'Nothing waits for you')
    const request = await on.ask()
    await showing('U0BOB', request.id)
    on.sandbox.fault({ method: 'views.publish', kind: 'error', error: 'hash_conflict', times: 1 })
    const next = await on.ask()
    await showing('U0BOB', next.id)
    const calls = on.sandbox.calls.filter(({ method }) => method === 'views.publish').slice(-2)
    expect(calls.map(({ outcome }) => outcome)).toEqual(['hash_conflict', 'ok'])
    expect(calls[0]?.args['hash']).toEqual(expect.any(String))
    expect(calls[1]?.args['hash']).toBeUndefined()
  })

  it('is not for guests, and shows them nothing', async () => {
    on = await stage(mode)
    const request = await on.ask({ action: 'listed.export' })
    await on.sandbox.as('U0GUEST').openHome()
    const home = await showing('U0GUEST', 'for full members')
    expect(JSON.stringify(home.blocks)).not.toContain(request.id)
  })

  it('is published once for many changes at a time', async () => {
    on = await stage(mode)
    await on.sandbox.as('U0BOB').openHome()
    await showing('U0BOB', 'Nothing waits for you')
    const began = Date.now()
    for (let i = 0; i < 20; i++) await on.ask()
    await showing('U0BOB', 'More are waiting')
    const published = on.sandbox.calls.filter(({ method }) => method === 'views.publish').length
    expect(published).toBeLessThanOrEqual(2 + (Date.now() - began) / 2_000)
  })

  it('never offers her what she stands behind', async () => {
    on = await stage(mode)
    const request = await on.ask({ requester: { on_behalf_of: { slack_user_id: 'U0BOB' } } })
    await on.sandbox.as('U0BOB').openHome()
    const home = await showing('U0BOB', request.id)
    expect(JSON.stringify(home.blocks)).toContain('Nothing waits for you')
    expect(JSON.stringify(home.blocks)).not.toContain(ACTION.approve)
  })

  it('that could not be shown is shown at the next chance, and the process goes on', async () => {
    on = await stage(mode)
    on.sandbox.fault({ method: 'users.info', kind: 'status', status: 500, times: 1 })
    await on.sandbox.as('U0BOB').openHome()
    await eventually(() => on.logged.some((line) => line.includes('a Home tab could not be shown')), 'the log')
    const request = await on.ask()
    await showing('U0BOB', request.id)
    await on.sandbox.as('U0BOB').command('/approvals', 'help')
    await told(on.sandbox.as('U0BOB'), /Countersign/)
  })
})
