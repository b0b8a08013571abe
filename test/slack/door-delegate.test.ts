import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { asking, eventually, MODES, type Stage, stage, status } from './door.ts'

const DAY = 86_400_000

describe.each(MODES)('a delegation over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })
  const answer = (userId: string, text: string, channel?: string) => asking(on, userId, text, channel)

  it('lets Dave answer for Bob, and everybody sees that he does', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost({ action: 'one.export' })
    const given = await answer('U0BOB', 'delegate @dave for 3d')
    expect(given).toContain('<@U0DAVE> for <@U0BOB>')
    expect(await on.store.delegations(Date.now())).toMatchObject([{ from: 'U0BOB', to: 'U0DAVE', createdBy: 'U0BOB' }])
    for (const [who, title] of [
      ['U0BOB', 'You have delegated'],
      ['U0DAVE', 'You stand in for others'],
      ['U0ADMIN', 'Delegations of others'],
    ] as const) {
      expect(await answer(who, 'delegate')).toContain(title)
    }
    expect(await answer('U0ERIN', 'delegate')).toContain('Nobody stands in for you')
    // What waits for Bob waits for Dave now, in his list and in his Home.
    expect(await answer('U0DAVE', 'pending')).toContain(request.id)
    const dave = on.sandbox.as('U0DAVE')
    await dave.openHome()
    const home = await eventually(() => {
      const shown = JSON.stringify(dave.home()?.blocks ?? '')
      return shown.includes(request.id) && shown
    }, 'the Home')
    expect(home).toContain('You stand in for others')
    await dave.click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
    await eventually(
      () => JSON.stringify(on.sandbox.message(card.channel, card.ts)).includes('by <@U0DAVE> for <@U0BOB>'),
      'the card',
    )
  })

  it('is told in the audit channel to both of them, whoever wrote it', async () => {
    on = await stage(mode)
    expect(await answer('U0ADMIN', 'delegate @bob to @dave for 3d')).toContain('written by <@U0ADMIN>')
    const said = await eventually(() => on.sandbox.messages('C0AUDIT')[0], 'the note')
    expect(said.text).toContain('U0DAVE may answer for U0BOB')
    for (const id of ['U0BOB', 'U0DAVE']) expect(JSON.stringify(said.blocks)).toContain(`<@${id}>`)
  })

  it('is by the clock of who writes it', async () => {
    on = await stage(mode)
    on.sandbox.setUser('U0BOB', { tz: 'America/New_York' })
    const day = new Date(Date.now() + 5 * DAY).toISOString().slice(0, 10)
    await answer('U0BOB', `delegate @dave from ${day} 09:00 until ${day} 18:00`)
    const [one] = await on.store.delegations(Date.now())
    const hours = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      minute: '2-digit',
    })
    expect(hours.format(one?.startsAtMs)).toBe('09:00')
    expect(hours.format(one?.endsAtMs)).toBe('18:00')
    // To come, and so not in force.
    expect(await answer('U0BOB', 'delegate')).toContain('from <!date^')
    on.sandbox.setUser('U0CAROL', { tz: 'Nowhere/Nothing' })
    expect(await answer('U0CAROL', 'delegate @dave for 1d')).toContain('UTC')
  })

  it('is ended by person or by id, by either of the two or an admin, and by nobody else', async () => {
    on = await stage(mode)
    await answer('U0BOB', 'delegate @dave for 3d')
    const [one] = await on.store.delegations(Date.now())
    expect(await answer('U0ERIN', `delegate end ${one?.id}`)).toContain('no such delegation of yours')
    const [last] = (await on.store.auditEntries(0, 1_000)).slice(-1)
    expect(JSON.parse(last?.body ?? '{}')).toEqual({
      ...{ code: 'delegation_refused', order: 'end_delegation' },
      ...{ from: 'U0BOB', to: 'U0DAVE' },
    })
    expect(await answer('U0DAVE', 'delegate end @bob')).toContain('it is over')
    expect(await on.store.delegations(Date.now())).toEqual([])
    await answer('U0BOB', 'delegate @dave for 3d')
    const week = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
    await answer('U0BOB', `delegate @dave from ${week} for 30d`)
    expect(await answer('U0BOB', 'delegate end @dave')).toContain('There are several')
    const two = await on.store.delegations(Date.now())
    for (const { id } of two)
      expect(await answer('U0ADMIN', `delegate end \`${id.toUpperCase()}\``)).toContain('it is over')
    expect(await answer('U0BOB', 'delegate end @dave')).toContain('no such delegation')
    expect(await answer('U0BOB', 'delegate end')).toContain('Which one?')
    expect(await answer('U0BOB', 'delegate end @dave @carol')).toContain('Nothing was done')
  })

  it.each([
    ['delegate @bob for 3d', 'nobody can delegate to herself'],
    ['delegate @carol to @dave for 3d', 'only an admin can delegate for somebody else'],
    ['delegate @dave for 91d', '90 days at most'],
    ['delegate @dave from 2028-01-01 for 3d', 'within a year'],
    ['delegate @guest for 3d', 'active full members of this workspace'],
    ['delegate @botty for 3d', 'active full members of this workspace'],
    ['delegate @wfbot for 3d', 'active full members of this workspace'],
    ['delegate @stranger for 3d', 'active full members of this workspace'],
    ['delegate @gone for 3d', 'active full members of this workspace'],
    ['delegate <@U0NOBODY99> for 3d', 'Slack knows no such person'],
    ['delegate @nobody for 3d', 'nobody whom Slack knows'],
    ['delegate dave for 3d', 'nobody whom Slack knows'],
    ['delegate <!subteam^S0DATA> for 3d', 'never to a group'],
    ['delegate <!channel> for 3d', 'never to a group'],
    ['delegate @channel for 3d', 'never to a group'],
    ['delegate #random for 3d', 'never to a group'],
    ['delegate @dave', 'Until when?'],
    ['delegate @dave forever', 'is not understood here'],
    ['delegate @dave until friday the 13th', 'is not understood behind the time'],
    ['delegate @dave until 2020-01-01', 'has passed'],
    ['delegate to', 'To whom?'],
    ['delegate @bob to', 'To whom?'],
    ['delegate @bob to @bob for 3d', 'nobody can delegate to herself'],
    [`delegate ${'x'.repeat(4_000)}`, 'nobody whom Slack knows'],
    [`delegate @dave until ${'9'.repeat(3_900)}`, 'is no day'],
    ['delegate @dave for 3d and @carol', 'is no duration'],
  ])('%j is none, and says why', async (text, expected) => {
    on = await stage(mode)
    const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'Europe/London' }).format(Date.now())
    const typed = day === 'Friday' ? text.replace('friday', 'monday') : text
    const said = await answer('U0BOB', typed)
    expect(said).toContain(expected)
    expect(said).not.toMatch(/<!(?:channel|subteam)/)
    expect(said.length).toBeLessThan(1_500)
    expect(await on.store.delegations(Date.now())).toEqual([])
  })

  it('is read however it was typed', async () => {
    on = await stage(mode)
    for (const text of [
      'delegate “@dave” for ‘3d’',
      '  DELEGATE\u00a0@dave\u200b FOR 3\u200bD ',
      'delegate to @dave for 3 days',
    ]) {
      expect(await answer('U0BOB', text), JSON.stringify(text)).toContain('Recorded')
      await answer('U0BOB', 'delegate end @dave')
    }
  })

  it('of somebody who is no member, in a shared channel, or while Slack is away is none', async () => {
    on = await stage(mode)
    expect(await answer('U0GUEST', 'delegate @dave for 3d')).toContain('full members')
    expect(await answer('U0BOB', 'delegate @dave for 3d', 'C0SHARED')).toContain('other organisations')
    on.sandbox.fault({ method: 'users.info', kind: 'status', status: 500 })
    expect(await answer('U0CAROL', 'delegate @dave for 3d')).toContain('Slack did not tell')
    expect(await on.store.delegations(Date.now())).toEqual([])
  })
})
