import { afterEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { nearest, readLine } from '../../src/slack/commands/line.ts'
import { eventually, MODES, type Stage, stage, status, told } from './door.ts'

describe.each(MODES)('/approvals over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })

  /** What the person was shown, and nobody else. */
  async function answer(userId: string, text: string, channel = 'C0RANDOM'): Promise<string> {
    const before = on.sandbox.messages(channel).length
    const result = await on.sandbox.as(userId).command('/approvals', text, { channel })
    expect(result).toMatchObject({ acked: true })
    expect(result.ackMs).toBeLessThan(3_000)
    expect(on.sandbox.messages(channel)).toHaveLength(before)
    if (!result.reply) throw new Error(`no answer to ${JSON.stringify(text)}`)
    return `${result.reply.text}\n${JSON.stringify(result.reply.blocks)}`
  }

  it('lists what waits for the one who asks first, and nothing that does not concern her', async () => {
    on = await stage(mode)
    const forBob = await on.ask({ action: 'one.export' })
    const forList = await on.ask({ action: 'listed.export' })
    const bob = await answer('U0BOB', '')
    expect(bob).toContain(forBob.id)
    expect(bob).toContain(forList.id)
    const dave = await answer('U0DAVE', 'pending')
    expect(dave).toContain(forList.id)
    expect(dave).not.toContain(forBob.id)
    expect(await answer('U0ERIN', 'pending')).toContain('Nothing waits')
    const admin = await answer('U0ADMIN', 'pending')
    expect(admin).toContain(forBob.id)
  })

  it('puts what waits for her before what only she may see', async () => {
    on = await stage(mode)
    const hers = await on.ask({ action: 'one.export' })
    // Asked later, and so newer, but by a client of hers.
    const alice = await answer('U0ALICE', 'pending')
    expect(alice).toContain(hers.id)
    const answered = await on.askAndPost({ action: 'two.export' })
    await on.sandbox.as('U0BOB').click(answered.card.channel, answered.card.ts, ACTION.approve)
    await told(on.sandbox.as('U0BOB'), /Recorded/)
    const bob = await answer('U0BOB', 'pending')
    expect(bob.indexOf(hers.id)).toBeLessThan(bob.indexOf(answered.request.id))
  })

  it('lists as mine what she stands behind, however it ended', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(await answer('U0ALICE', 'mine')).toContain(request.id)
    expect(await answer('U0BOB', 'mine')).toContain('asked for nothing')
    const behalf = await on.ask({ requester: { on_behalf_of: { slack_user_id: 'U0ERIN' } } })
    expect(await answer('U0ERIN', 'mine')).toContain(behalf.id)
  })

  it('shows one request to whom it concerns, and to everybody else says what it says of none', async () => {
    on = await stage(mode)
    const request = await on.ask()
    for (const id of ['U0BOB', 'U0CAROL', 'U0ALICE', 'U0ADMIN']) {
      expect(await answer(id, `show ${request.id}`)).toContain('customers.csv')
    }
    const unknown = await answer('U0ERIN', 'show req_019b0a0000000000000000000000ffff')
    expect(await answer('U0ERIN', `show ${request.id}`)).toBe(unknown)
    expect(unknown).toContain('no such request')
  })

  it('shows a card that can be decided in place, and takes its buttons away', async () => {
    on = await stage(mode)
    const request = await on.ask()
    const bob = on.sandbox.as('U0BOB')
    await answer('U0BOB', `show ${request.id}`)
    const shown = bob.ephemerals('C0RANDOM').at(-1)
    await bob.click('C0RANDOM', shown?.ts ?? '', ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
    const closed = await eventually(() => {
      const now = bob.ephemerals('C0RANDOM').find(({ ts }) => ts === shown?.ts)
      return now && !JSON.stringify(now.blocks).includes(ACTION.approve) && now
    }, 'the closed card')
    expect(JSON.stringify(closed.blocks)).toContain('Approved')
    // Only she sees it, so it is no card to keep up to date.
    expect((await on.store.cards(request.id)).some(({ channel }) => channel === 'C0RANDOM')).toBe(false)
  })

  it('understands an id however it was pasted', async () => {
    on = await stage(mode)
    const { id } = await on.ask()
    const typed = [
      id,
      id.toUpperCase(),
      `show ${id.toUpperCase()}`,
      `  SHOW\u00a0 ${id}  `,
      `show \`${id}\``,
      `show “${id}”`,
      `show ‘${id}’`,
      `show «${id}»`,
      `show\n${id}\n`,
      `show\t"${id}"`,
      `sh\u200bow ${id.slice(0, 9)}\u200b\u2060${id.slice(9)}\ufeff`,
      `show ${id.slice(0, 9)}\u00ad${id.slice(9)}`,
    ]
    for (const text of typed) expect(await answer('U0BOB', text), JSON.stringify(text)).toContain('customers.csv')
  })

  it.each([
    ['show', 'Which one?'],
    ['show 17', 'no request id'],
    ['show @bob', 'no request id'],
    ['show @nobody', 'no request id'],
    ['show #secret', 'no request id'],
    ['show <@U0STRANGER>', 'no request id'],
    ['show req_1 req_2', 'one id at a time'],
    [`show req_${'a'.repeat(4_000)}`, 'no request id'],
    ['show req_../../etc', 'no request id'],
    ['pendng', 'Did you mean `/approvals pending`?'],
    ['halp', 'Did you mean `/approvals help`?'],
    ['breakglas', 'Did you mean `/approvals breakglass`?'],
    ['<!channel>', 'no such word'],
    ['@channel', 'no such word'],
    ['x'.repeat(4_000), 'no such word'],
    ['__proto__', 'no such word'],
    ['constructor', 'no such word'],
    ['pending please', 'takes nothing after it'],
    ['mine all', 'takes nothing after it'],
    ['help me', 'takes nothing after it'],
    ['help', '/approvals show ID'],
    ['HELP', '/approvals show ID'],
    ['“help”', '/approvals show ID'],
    ['\u200b', 'Nothing waits'],
  ])('answers %j with a sentence', async (text, expected) => {
    on = await stage(mode)
    const said = await answer('U0ERIN', text)
    expect(said).toContain(expected)
    expect(said).not.toContain('<!channel>')
  })

  it.each(['history', 'policy', 'clients', 'audit', 'pause', 'resume'])('keeps %s for admins', async (verb) => {
    on = await stage(mode)
    expect(await answer('U0BOB', `${verb} please`)).toContain('is for admins')
    expect(await on.store.pause()).toBeNull()
    const refused = (await on.store.auditEntries(0, 1_000))
      .map(({ envelope, body }) => ({ ...JSON.parse(envelope), ...JSON.parse(body ?? '{}') }))
      .filter(({ type }) => type === 'admin.refused')
      .map(({ actor, order, code }) => ({ by: actor.split(':').at(-1), order, code }))
    // What stops or starts everything for everybody leaves a trace.
    const isOrder = verb === 'pause' || verb === 'resume'
    expect(refused).toEqual(isOrder ? [{ by: 'U0BOB', order: verb, code: 'not_an_admin' }] : [])
    expect(await answer('U0ADMIN', verb)).not.toContain('is for admins')
  })

  it.each(['U0GUEST', 'U0GUEST1', 'U0GONE', 'U0BOTTY'])('tells %s politely that it answers members', async (id) => {
    on = await stage(mode)
    const request = await on.ask({ action: 'listed.export' })
    for (const text of ['', 'help', 'mine', 'pause', `show ${request.id}`]) {
      expect(await answer(id, text)).toContain('full members of this workspace only')
    }
  })

  it('tells a stranger nothing', async () => {
    on = await stage(mode)
    const request = await on.ask()
    const team_id = 'T0ELSEWHERE'
    const [result] = await on.sandbox.deliver('slash_commands', {
      command: '/approvals',
      text: `show ${request.id}`,
      user_id: 'U0STRANGER',
      team_id,
      api_app_id: on.sandbox.appId,
      channel_id: 'C0SHARED',
      trigger_id: '7.7.stranger',
    })
    expect(JSON.stringify(result?.body)).toContain('Only members of this workspace')
  })

  it('shows nothing in a shared channel or in one it cannot look into, but helps anywhere', async () => {
    on = await stage(mode)
    const request = await on.ask()
    for (const channel of ['C0SHARED', 'G0SECRET']) {
      for (const text of ['', 'mine', `show ${request.id}`]) {
        const said = await answer('U0BOB', text, channel)
        expect(said).toContain('other organisations')
        expect(said).not.toContain(request.id)
      }
      expect(await answer('U0BOB', 'help', channel)).toContain('/approvals show ID')
    }
  })

  it('answers in a direct message, also between two people', async () => {
    on = await stage(mode)
    const request = await on.ask()
    const fields = { command: '/approvals', text: `show ${request.id}`, user_id: 'U0BOB', trigger_id: '6.6.dm' }
    const from = { team_id: on.sandbox.teamId, api_app_id: on.sandbox.appId, channel_id: 'D0BETWEEN' }
    const [result] = await on.sandbox.deliver('slash_commands', { ...fields, ...from })
    expect(JSON.stringify(result?.body)).toContain('customers.csv')
  })

  it('says so where Slack does not tell who somebody is', async () => {
    on = await stage(mode)
    const request = await on.ask()
    on.sandbox.fault({ method: 'usergroups.users.list', kind: 'error', error: 'ratelimited', times: 1 })
    const said = await answer('U0BOB', `show ${request.id}`)
    expect(said).toContain('Slack did not tell')
    expect(said).not.toContain('customers.csv')
    on.sandbox.fault({ method: 'users.info', kind: 'status', status: 500, times: 1 })
    expect(await answer('U0CAROL', 'pending')).toContain('Slack did not tell')
  })

  it('acknowledges in time where Slack is slow, and answers after', async () => {
    on = await stage(mode)
    const request = await on.ask()
    for (const method of ['users.info', 'conversations.info', 'usergroups.users.list']) {
      on.sandbox.fault({ method, kind: 'slow', ms: 1_100, times: 1 })
    }
    expect(await answer('U0BOB', `show ${request.id}`)).toContain('Slack is slow')
    await eventually(
      () =>
        on.sandbox
          .as('U0BOB')
          .ephemerals()
          .some(({ blocks }) => JSON.stringify(blocks).includes('customers.csv')),
      'the answer',
    )
  })

  it('says so where the store cannot be read, and throws nothing', async () => {
    on = await stage(mode, {
      store: (store) => ({
        ...store,
        requests: () => {
          throw new Error('the disk is gone')
        },
      }),
    })
    expect(await answer('U0BOB', 'mine')).toContain('could not be answered')
  })

  it('sent again has one answer', async () => {
    on = await stage(mode)
    await answer('U0BOB', 'help')
    const delivery = on.sandbox.lastDelivery()
    if (!delivery) throw new Error('nothing was delivered')
    const [again] = await on.sandbox.deliver('slash_commands', delivery.payload)
    expect(again).toMatchObject({ acked: true })
    expect(JSON.stringify(again?.body ?? '')).not.toContain('show ID')
  })
})

describe('a typed line', () => {
  it('is cleaned of what cannot be seen, and keeps what was meant', () => {
    expect(readLine('')).toMatchObject({ verb: '', words: [] })
    expect(readLine(' Show \u2028 `req_A` ')).toMatchObject({ verb: 'show', words: ['req_A'] })
    expect(readLine('ｓｈｏｗ req_1')).toMatchObject({ verb: 'show', words: ['req_1'] })
    expect(readLine('show &lt;b&gt; &amp;amp;')).toMatchObject({ verb: 'show', words: ['<b>', '&amp;'] })
    expect(readLine('a '.repeat(2_000)).words.length).toBeLessThan(20)
    expect(readLine('delegate <@U0DAVE|da “ve> until &lt;x&gt;').words).toEqual(['<@U0DAVE>', 'until', '<x>'])
    // A Cyrillic letter is not the Latin one that it looks like.
    expect(readLine('shоw x').verb).not.toBe('show')
  })

  it('hands on a reason as it was typed', () => {
    const behind = (text: string, words: number) => readLine(text).after(words)
    expect(behind('pause', 0)).toBeNull()
    expect(behind(' pause \u200b ', 0)).toBeNull()
    expect(behind('pause  the “region” is\n down &amp; out ', 0)).toBe('the “region” is\n down & out')
    expect(behind('revoke `req_1` wrong   table', 1)).toBe('wrong   table')
    expect(behind('revoke ‘ req_1 ’ wrong', 1)).toBe('’ wrong')
    expect(behind('revoke req_1', 1)).toBeNull()
  })

  it('finds the word that was meant, or none', () => {
    const known = ['help', 'pending', 'mine', 'show']
    expect(['hlep', 'pend', 'min', 'sohw', 'pending'].map((word) => nearest(word, known))).toEqual([
      'help',
      'pending',
      'mine',
      'show',
      'pending',
    ])
    expect(['', 'x', 'approve', 'delete everything', 'z'.repeat(4_000)].map((word) => nearest(word, known))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ])
  })
})
