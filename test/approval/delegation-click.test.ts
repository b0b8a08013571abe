import { describe, expect, test } from 'vitest'
import type { Identity } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { Directory } from '../../src/eligibility.ts'
import { HOUR, member, T0 } from './given.ts'
import { house, person } from './service-house.ts'

/** What a delegation is worth at the very click: through the real service on a real file. */

const DAY = 24 * HOUR
const POLICY = (count: number) => `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ROOT]
groups: { owners: { usergroup: S0OWN } }
rules:
  - { id: export, match: { action: "data.export" }, effect: require_approval, approvals: [{ from: owners, count: ${count} }] }
`
const order = (from: string, to: string, over = {}) => ({ from, to, startsAtMs: null, endsAtMs: T0 + DAY, ...over })

/** Every question to Slack runs `asked` first, with its number. */
async function town(count: number, now: () => number, asked: (question: number) => Promise<unknown> = async () => {}) {
  let questions = 0
  const users = ['U0BOB', 'U0CAROL', 'U0ERIN']
  const about: string[] = []
  const before = async <T>(answer: T): Promise<T> => {
    await asked(++questions)
    return answer
  }
  const directory: Partial<Directory> = {
    member: (id) => {
      about.push(id)
      return before(member(id))
    },
    groupMembers: () => before({ users, readAtMs: now() }),
  }
  const h = await house(POLICY(count), directory, now)
  const lends = async (by: string, from: string, to: string, over = {}) => {
    const answer = await h.service.delegate(person(by), order(from, to, over))
    if (isRefusal(answer)) throw new Error(answer.detail ?? answer.refused)
    return answer.delegation
  }
  const recount = () => {
    questions = 0
  }
  return { ...h, lends, recount, about, questions: () => questions }
}

describe.each([
  ['ended', true],
  ['has run out', false],
])('INV10 B32 a delegation that %s before the yes was written makes none', (_what, isEnded) => {
  const play = async (votes: readonly string[], count: number, moment: number) => {
    let now = T0
    let clicking = false
    let isOver = false
    const h = await town(
      count,
      () => now,
      async (question) => {
        if (!clicking || question !== moment) return
        isOver = true
        if (isEnded) await h.service.endDelegation(person('U0ROOT'), lent.id)
        else now = lent.endsAtMs
      },
    )
    const lent = await h.lends('U0BOB', 'U0BOB', 'U0DAN', { endsAtMs: T0 + 10_000 })
    const request = await h.ask()
    for (const voter of votes.slice(0, -1)) await h.click(request, voter)
    h.recount()
    clicking = true
    await h.click(request, votes.at(-1) ?? '')
    const after = await h.store.request(request.id)
    return { isOver, status: after?.status, questions: h.questions() }
  }

  test.each<[string, readonly string[], number]>([
    ['of whoever speaks by it', ['U0DAN'], 1],
    ['of whoever spoke by it before', ['U0DAN', 'U0CAROL'], 2],
  ])('%s, at whichever question to Slack that is', async (_whose, votes, count) => {
    const whole = await play(votes, count, 0)
    expect(whole.status).toBe('approved')
    for (let moment = 1; moment <= whole.questions; moment++) {
      expect(await play(votes, count, moment), `question ${moment}`).toMatchObject({ isOver: true, status: 'pending' })
    }
  })
})

describe('junk', () => {
  test('of the delegations of one person ten are open at most, however many are written at once', async () => {
    const h = await town(2, () => T0)
    const written = await Promise.all(
      Array.from({ length: 40 }, (_, i) => h.service.delegate(person('U0BOB'), order('U0BOB', `U0X${i}`))),
    )
    expect(written.filter((answer) => !isRefusal(answer))).toHaveLength(10)
    const [first] = await h.store.delegations(T0)
    await h.service.endDelegation(person('U0BOB'), first?.id ?? '')
    await h.lends('U0BOB', 'U0BOB', 'U0DAN')
    // Those of somebody else are hers.
    await h.lends('U0CAROL', 'U0CAROL', 'U0DAN')
  })

  test('one to the same person for the same time is none; before and after it is', async () => {
    const h = await town(2, () => T0)
    const lend = (startsAtMs: number, endsAtMs: number) =>
      h.service.delegate(person('U0BOB'), { from: 'U0BOB', to: 'U0DAN', startsAtMs, endsAtMs })
    expect(isRefusal(await lend(T0 + HOUR, T0 + 2 * HOUR))).toBe(false)
    for (const [from, until] of [
      [0, 3],
      [1, 2],
      [0.5, 1.5],
      [1.5, 2.5],
    ] as const) {
      expect(await lend(T0 + from * HOUR, T0 + until * HOUR)).toMatchObject({ refused: 'delegation_refused' })
    }
    expect(isRefusal(await lend(T0, T0 + HOUR))).toBe(false)
    expect(isRefusal(await lend(T0 + 2 * HOUR, T0 + 3 * HOUR))).toBe(false)
  })

  test('of people who are in no group that matters takes nobody’s place, and costs no question about them', async () => {
    const h = await town(2, () => T0)
    for (let i = 0; i < 40; i++) await h.lends(`U0X${i}`, `U0X${i}`, 'U0DAN')
    await h.lends('U0BOB', 'U0BOB', 'U0DAN')
    const request = await h.ask()
    h.about.length = 0
    expect(await h.click(request, 'U0DAN')).toBe('pending')
    expect((await h.store.request(request.id))?.decisions).toMatchObject([{ delegatedBy: 'U0BOB' }])
    expect(h.about.filter((id) => id.startsWith('U0X'))).toEqual([])
  })
})

test('B29 an admin takes nobody’s seat with another account of his own, joined by its address alone', async () => {
  const address = 'email:root@example.com' as const
  const second = member('U0ROOT2', { identities: ['slack:U0ROOT2', address] })
  let shown = member('U0ROOT2')
  const h = await house(
    POLICY(1),
    {
      member: async (id) =>
        id === 'U0ROOT2' ? shown : member(id, id === 'U0ROOT' ? { identities: ['slack:U0ROOT', address] } : {}),
    },
    () => T0,
  )
  // Written while nobody could know, it is worth nothing once somebody can.
  expect(isRefusal(await h.service.delegate(person('U0ROOT'), order('U0BOB', 'U0ROOT2')))).toBe(false)
  shown = second
  expect(await h.click(await h.ask(), 'U0ROOT2')).toBe('not_an_approver')
  expect(await h.service.delegate(person('U0ROOT'), order('U0CAROL', 'U0ROOT2'))).toMatchObject({
    refused: 'delegation_refused',
  })
})

test('B29 nor does what was said so before he was known stand when another completes it', async () => {
  let shown = member('U0ROOT2')
  const h = await house(POLICY(2), { member: async (id) => (id === 'U0ROOT2' ? shown : member(id)) }, () => T0)
  await h.service.delegate(person('U0ROOT'), order('U0BOB', 'U0ROOT2'))
  const request = await h.ask()
  expect(await h.click(request, 'U0ROOT2')).toBe('pending')
  shown = member('U0ROOT2', { identities: ['slack:U0ROOT2', 'email:root@example.com'] })
  expect(await h.click(request, 'U0CAROL')).toBe('pending')
  expect(await h.click(request, 'U0ERIN')).toBe('approved')
})

test('B32 two people cannot fill the log by turns: what is said in one seat is taken back five times, by whomever', async () => {
  let now = T0
  const h = await house(POLICY(2), {}, () => now)
  for (const to of ['U0DAN', 'U0EVE']) await h.service.delegate(person('U0BOB'), order('U0BOB', to))
  const request = await h.ask()
  let turns = 0
  for (const delegate of Array.from({ length: 20 }, (_, i) => (i % 2 ? 'U0DAN' : 'U0EVE'))) {
    now++
    if ((await h.click(request, delegate)) !== 'pending') continue
    expect(await h.click(request, turns % 3 ? 'U0BOB' : delegate, 'withdraw')).toBe('pending')
    turns++
  }
  expect(turns).toBe(5)
  expect(await h.click(request, 'U0BOB')).toBe('already_counted')
  // Nobody else’s seat is touched by it.
  expect(await h.click(request, 'U0CAROL')).toBe('pending')
  expect(await h.click(request, 'U0ERIN')).toBe('approved')
})

test('B32 whoever is back says no, whatever her delegate said; and what he said for her is none beside it', async () => {
  for (const isOver of [true, false]) {
    const h = await house(POLICY(2).replace('approvals:', 'deny_count: 2, approvals:'), {}, () => T0)
    const made = await h.service.delegate(person('U0BOB'), order('U0BOB', 'U0DAN'))
    if (isRefusal(made)) throw new Error(made.detail)
    const request = await h.ask()
    await h.click(request, 'U0DAN')
    if (isOver) await h.service.endDelegation(person('U0BOB'), made.delegation.id)
    expect(await h.click(request, 'U0BOB', 'deny')).toBe('pending')
    expect(await h.click(request, 'U0BOB', 'deny')).toBe('already_counted')
    expect(await h.click(request, 'U0CAROL')).toBe('pending')
    expect(await h.click(request, 'U0ERIN', 'deny')).toBe('denied')
  }
})

test.each<[string, number, readonly string[], Identity]>([
  ['the voter is the requester', 2, ['U0BOB'], 'email:alice@example.com'],
  ['two voters are one', 3, ['U0BOB', 'U0CAROL'], 'email:carol@example.com'],
  ['the one whose seat it was is the requester', 2, ['U0DAN'], 'email:alice@example.com'],
  ['the one whose seat it was is another voter', 3, ['U0DAN', 'U0CAROL'], 'email:carol@example.com'],
])('B31 what accounts of earlier votes show is read again: by now %s', async (_what, count, voters, address) => {
  let bob = member('U0BOB')
  const h = await house(POLICY(count), { member: async (id) => (id === 'U0BOB' ? bob : member(id)) }, () => T0)
  h.group.users.push('U0FAY')
  await h.service.delegate(person('U0BOB'), order('U0BOB', 'U0DAN'))
  const request = await h.ask()
  for (const voter of voters) expect(await h.click(request, voter)).toBe('pending')
  bob = member('U0BOB', { identities: ['slack:U0BOB', address] })
  expect(await h.click(request, 'U0ERIN')).toBe('pending')
  expect(await h.click(request, 'U0FAY')).toBe('approved')
})
