import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { DirectoryError } from '../../src/eligibility.ts'
import { broken } from '../invariants.ts'
import { aCaller, HOUR, member, T0 } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

/** Delegation, emergency, revocation and windows of time through the real service on a real file. */

const DAY = 24 * HOUR
const POLICY = (more = '', rule = '') => `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ROOT, U0ALICE]
groups: { owners: { usergroup: S0OWN }, on-call: { users: [U0ONA, U0ALICE] } }
rules:
  - id: export
    match: { action: "data.export" }
    effect: require_approval
    approvals: [{ from: owners, count: 2 }]
    break_glass: { from: on-call, grant_ttl: 2m }${rule}
${more}`
const order = (from: string, to: string, over = {}) => ({ from, to, startsAtMs: null, endsAtMs: T0 + DAY, ...over })

describe('B32 delegation', () => {
  const given = async (over = {}) => {
    let clock = T0
    const h = await house(POLICY(), over, () => clock)
    const stands = async (by: string, from: string, to: string, more = {}) => {
      const answer = await h.service.delegate(person(by), order(from, to, more))
      if (isRefusal(answer)) throw new Error(answer.detail)
      return answer.delegation
    }
    const later = (ms: number) => {
      clock += ms
    }
    return { ...h, stands, later }
  }

  test('a delegate votes in the seat of one who is away; the two are one', async () => {
    const h = await given()
    await h.stands('U0BOB', 'U0BOB', 'U0DAN')
    const request = await h.ask({ ttl_seconds: 3_600 })
    expect(await h.click(request, 'U0DAN')).toBe('pending')
    expect(await h.click(request, 'U0BOB')).toBe('already_counted')
    expect(await h.click(request, 'U0DAN')).toBe('already_counted')
    expect(await h.click(request, 'U0CAROL')).toBe('approved')
    expect(await h.store.request(request.id)).toMatchObject({
      decisions: [{ approver: { userId: 'U0DAN' }, delegatedBy: 'U0BOB' }, { delegatedBy: null }],
      outcome: { approvers: ['U0DAN', 'U0CAROL'] },
    })
    expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
  })

  test('it is of depth one, and a circle brings nobody a seat', async () => {
    const h = await given()
    await h.stands('U0BOB', 'U0BOB', 'U0DAN')
    await h.stands('U0DAN', 'U0DAN', 'U0EVE')
    await h.stands('U0EVE', 'U0EVE', 'U0BOB')
    const request = await h.ask()
    expect(await h.click(request, 'U0EVE')).toBe('not_an_approver')
    expect(await h.click(request, 'U0BOB')).toBe('pending')
    expect(await h.click(request, 'U0DAN')).toBe('already_counted')
  })

  test('only while it is active, and only while the absent one is in the group and alive', async () => {
    let bob = member('U0BOB')
    const h = await given({ member: async (id: string) => (id === 'U0BOB' ? bob : member(id)) })
    const delegation = await h.stands('U0BOB', 'U0BOB', 'U0DAN', { startsAtMs: T0 + 1_000 })
    const request = await h.ask()
    expect(await h.click(request, 'U0DAN')).toBe('not_an_approver')
    h.later(1_000)
    h.group.users = ['U0CAROL', 'U0ERIN']
    expect(await h.click(request, 'U0DAN')).toBe('not_an_approver')
    h.group.users = ['U0BOB', 'U0CAROL', 'U0ERIN']
    bob = member('U0BOB', { barred: 'inactive' })
    expect(await h.click(request, 'U0DAN')).toBe('not_an_approver')
    bob = member('U0BOB')
    expect(await h.click(request, 'U0DAN')).toBe('pending')
    expect(await h.service.endDelegation(person('U0EVE'), delegation.id)).toMatchObject({
      refused: 'delegation_refused',
    })
    expect(await h.service.endDelegation(person('U0BOB'), delegation.id)).toMatchObject({
      delegation: { revokedAtMs: T0 + 1_000 },
    })
    expect(await h.service.endDelegation(person('U0BOB'), 'dlg_none')).toEqual({ refused: 'not_found' })
    // B16: what was said in its name counts no more, and Bob may speak for himself.
    expect(await h.click(request, 'U0CAROL')).toBe('pending')
    expect(await h.click(request, 'U0BOB')).toBe('approved')
  })

  test('B16 and only while she who voted is a live member herself', async () => {
    const barred = new Set<string>()
    const h = await given({
      member: async (id: string) => member(id, { barred: barred.has(id) ? 'inactive' : null }),
    })
    await h.stands('U0BOB', 'U0BOB', 'U0DAN')
    const request = await h.ask()
    await h.click(request, 'U0DAN')
    barred.add('U0DAN')
    expect(await h.click(request, 'U0CAROL')).toBe('pending')
    barred.add('U0CAROL')
    expect(await h.click(request, 'U0ERIN')).toBe('pending')
    barred.clear()
    expect(await h.click(request, 'U0ERIN')).toBe('approved')
  })

  test('the requester writes none that counts, not even as an admin, nor anew what was ended', async () => {
    const h = await given()
    const hers = await h.stands('U0ALICE', 'U0BOB', 'U0DAN')
    const request = await h.ask()
    expect(await h.click(request, 'U0DAN')).toBe('not_an_approver')
    await h.service.endDelegation(person('U0BOB'), hers.id)
    const honest = await h.stands('U0BOB', 'U0BOB', 'U0DAN')
    expect(await h.click(request, 'U0DAN')).toBe('pending')
    await h.service.endDelegation(person('U0BOB'), honest.id)
    await h.stands('U0ALICE', 'U0BOB', 'U0DAN')
    expect(await h.click(request, 'U0CAROL')).toBe('pending')
    expect(await h.click(request, 'U0ERIN')).toBe('approved')
    expect((await h.store.request(request.id))?.outcome?.approvers).toEqual(['U0CAROL', 'U0ERIN'])
  })

  test('the requester writes none under another account either, by the address that Slack knows', async () => {
    const second = { ...member('U0ROOT'), identities: ['slack:U0ROOT', 'email:alice@example.com'] as const }
    const h = await given({ member: async (id: string) => (id === 'U0ROOT' ? second : member(id)) })
    await h.stands('U0ROOT', 'U0BOB', 'U0DAN')
    expect(await h.click(await h.ask(), 'U0DAN')).toBe('not_an_approver')
  })

  test('who asks is nobody’s delegate and nobody delegates her seat on her own ask', async () => {
    const h = await given()
    h.group.users = ['U0BOB', 'U0ALICE']
    await h.stands('U0BOB', 'U0BOB', 'U0ALICE')
    await h.stands('U0ALICE', 'U0ALICE', 'U0DAN')
    const request = await h.ask()
    expect(await h.click(request, 'U0ALICE')).toBe('self_approval')
    expect(await h.click(request, 'U0DAN')).toBe('not_an_approver')
  })

  test('for others only admins write, to people whom Slack knows, and not while Slack does not tell', async () => {
    const h = await given({ member: async (id: string) => (id === 'U0NONE' ? null : member(id)) })
    const refused = async (by: string, from: string, to: string, more = {}) =>
      h.service.delegate(person(by), order(from, to, more))
    expect(await refused('U0CAROL', 'U0BOB', 'U0DAN')).toMatchObject({ refused: 'delegation_refused' })
    expect(await refused('U0BOB', 'U0BOB', 'U0NONE')).toMatchObject({ refused: 'delegation_refused' })
    expect(await refused('U0BOB', 'U0BOB', 'U0BOB')).toMatchObject({ refused: 'delegation_refused' })
    expect(await refused('U0NONE', 'U0NONE', 'U0BOB')).toEqual({ refused: 'outsider' })
    expect(await h.store.delegations(T0)).toEqual([])
    await h.stands('U0ROOT', 'U0BOB', 'U0DAN')
    expect(await h.store.delegations(T0)).toMatchObject([{ id: expect.stringMatching(/^dlg_/), createdBy: 'U0ROOT' }])
    expect((await h.log()).filter((type) => type.startsWith('admin.'))).toEqual([
      'admin.refused',
      'admin.delegation_created',
    ])
    const away = await given({
      member: async () => {
        throw new DirectoryError('no answer')
      },
    })
    expect(await away.service.delegate(person('U0BOB'), order('U0BOB', 'U0DAN'))).toEqual({
      refused: 'directory_unavailable',
    })
  })
})

describe('B27 emergency', () => {
  const open = (policy = POLICY()) => house(policy, {}, () => T0)

  test('one person of the group; the review stays open until another signs it', async () => {
    const h = await open()
    const request = await h.ask()
    expect(await h.breaks(request, 'U0ONA', 'quick')).toBe('reason_too_short')
    expect(await h.breaks(request, 'U0BOB')).toBe('not_an_approver')
    expect(await h.breaks(request, 'U0ALICE')).toBe('self_approval')
    expect(await h.breaks(request, 'U0ONA', 'database down, password=hunter2 was used by mistake')).toBe('approved')
    expect(await h.breaks(request, 'U0ONA')).toBe('already_decided')
    expect(JSON.stringify(await h.store.request(request.id))).not.toContain('hunter2')
    expect((await h.store.openReviews(10)).map(({ id }) => id)).toEqual([request.id])
    const sign = async (userId: string, note = 'seen, it was right') =>
      h.service.signReview(person(userId), { requestId: request.id, note })
    expect(await sign('U0ONA')).toEqual({ refused: 'self_approval' })
    expect(await sign('U0ALICE')).toEqual({ refused: 'self_approval' })
    expect(await sign('U0EVE')).toEqual({ refused: 'not_an_approver' })
    expect(await sign('U0BOB', ' ')).toEqual({ refused: 'reason_required' })
    expect(outcomeOf(await sign('U0BOB'))).toBe('approved')
    expect(await sign('U0ROOT')).toEqual({ refused: 'review_not_open' })
    expect(await h.store.openReviews(10)).toEqual([])
    expect(await h.use(request)).toBe('approved')
    const log = await h.log()
    expect(log.filter((type) => type === 'decision.refused').length).toBeGreaterThan(5)
    expect(log).toEqual(expect.arrayContaining(['admin.break_glass', 'admin.break_glass_reviewed']))
    expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
  })

  test('B24 B25 whom the policy of the ask did not name breaks nothing, nor whom today’s does not', async () => {
    const h = await open()
    const request = await h.ask()
    // Dan was put on call after the ask; Ona was taken off.
    h.setPolicy(POLICY().replace('[U0ONA, U0ALICE]', '[U0DAN]'))
    expect(await h.breaks(request, 'U0DAN')).toBe('not_an_approver')
    expect(await h.breaks(request, 'U0ONA')).toBe('not_an_approver')
    h.setPolicy(POLICY().replace(/ {4}break_glass.*\n/, ''))
    expect(await h.breaks(request, 'U0ONA')).toBe('break_glass_not_allowed')
    const strict = await h.ask()
    h.setPolicy(POLICY())
    expect(await h.breaks(strict, 'U0ONA')).toBe('break_glass_not_allowed')
    expect(await h.breaks(request, 'U0ONA')).toBe('approved')
  })

  test('of many who break it at once one does', async () => {
    const h = await open(POLICY().replace('[U0ONA, U0ALICE]', '[U0ONA, U0OLE, U0OTTO]'))
    const request = await h.ask()
    const answers = await Promise.all(['U0ONA', 'U0OLE', 'U0OTTO', 'U0ONA'].map((id) => h.breaks(request, id)))
    expect(answers.toSorted()).toEqual(['already_decided', 'already_decided', 'already_decided', 'approved'])
  })
})

describe('a yes is taken back', () => {
  const approved = async (h: Awaited<ReturnType<typeof house>>): Promise<ApprovalRequest> => {
    const request = await h.ask()
    await h.click(request, 'U0BOB')
    expect(await h.click(request, 'U0CAROL')).toBe('approved')
    return request
  }

  test('by whose it was, or by an admin, once; and never once it was used', async () => {
    const h = await house(POLICY(), {}, () => T0)
    const [one, two, used] = [await approved(h), await approved(h), await approved(h)]
    const revoke = (by: string, requestId: string) =>
      h.service.revoke(person(by), { requestId, reason: 'token=abc wrong' })
    expect(await revoke('U0ERIN', one.id)).toMatchObject({ refused: 'not_revocable' })
    const answer = await revoke('U0BOB', one.id)
    expect(answer).toMatchObject({
      changed: true,
      request: { status: 'cancelled', outcome: { by: 'people', reason: 'token=[masked] wrong' } },
    })
    expect(await revoke('U0BOB', one.id)).toMatchObject({ changed: false })
    expect(await h.use(one)).toBe('cancelled')
    expect(await revoke('U0ROOT', two.id)).toMatchObject({ request: { outcome: { by: 'admin', code: 'revoked' } } })
    expect(await h.use(used)).toBe('approved')
    expect(await revoke('U0ROOT', used.id)).toMatchObject({ refused: 'already_consumed' })
    expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
  })

  test('INV7 where no policy is in force one whose yes counted still takes it back; an admin is nobody then', async () => {
    const h = await house(POLICY(), {}, () => T0)
    const request = await h.ask()
    await h.click(request, 'U0BOB')
    await h.click(request, 'U0CAROL')
    h.setPolicy(null)
    const revoke = (by: string) => h.service.revoke(person(by), { requestId: request.id, reason: null })
    expect(await revoke('U0ROOT')).toMatchObject({ refused: 'not_revocable' })
    expect(await revoke('U0ERIN')).toMatchObject({ refused: 'not_revocable' })
    expect(outcomeOf(await revoke('U0BOB'))).toBe('cancelled')
    expect(await h.use(request)).toBe('cancelled')
  })

  test('INV1 INV2 of a use and a revocation at once one happens', async () => {
    const h = await house(POLICY(), {}, () => T0)
    for (let i = 0; i < 30; i++) {
      const request = await approved(h)
      const [use, revoked] = await Promise.all([
        h.use(request),
        h.service.revoke(person('U0BOB'), { requestId: request.id, reason: null }).then(outcomeOf),
      ])
      expect([use, revoked].toSorted()).toEqual(
        use === 'approved' ? ['already_consumed', 'approved'] : ['cancelled', 'cancelled'],
      )
    }
  })
})

describe('a window of time', () => {
  const FREEZE = `  - { id: freeze, match: { action: "data.*" }, effect: deny, during: { days: [fri], from: "16:00", zone: UTC } }\n`
  /** Friday the 20th of November 2026, an hour before. */
  const BEFORE = Date.UTC(2026, 10, 20, 15, 30)

  test('that denies now leaves the request open: no yes counts, a no does, and later everything goes on', async () => {
    let clock = BEFORE
    const h = await house(
      POLICY(FREEZE).replace('count: 2 }]', 'count: 1 }]\n    deny_count: 2\n    ttl: 24h'),
      {},
      () => clock,
    )
    const request = await h.ask()
    clock += HOUR
    expect(await h.click(request, 'U0BOB')).toBe('not_now')
    expect(await h.breaks(request, 'U0ONA')).toBe('not_now')
    expect(await h.click(request, 'U0CAROL', 'deny')).toBe('pending')
    expect(await h.click(request, 'U0CAROL', 'withdraw')).toBe('pending')
    expect(outcomeOf(await h.submit())).toBe('denied')
    clock += 8 * HOUR
    expect(await h.click(request, 'U0BOB')).toBe('approved')
  })

  test('B25 a deny that has no hour ends it, window or not', async () => {
    let clock = BEFORE
    const h = await house(POLICY(FREEZE), {}, () => clock)
    const request = await h.ask()
    clock += HOUR / 2
    h.setPolicy(POLICY(`${FREEZE}  - { id: never, match: { action: "data.export" }, effect: deny }\n`))
    expect(await h.click(request, 'U0BOB')).toBe('denied')
  })
})

test('B25 a policy that is changed while Slack is asked is the one that judges, whatever the verb', async () => {
  let between = () => {}
  const group = { users: ['U0BOB', 'U0CAROL'] }
  const over = {
    groupMembers: async () => {
      between()
      return { users: group.users, readAtMs: T0 }
    },
    member: async (id: string) => {
      between()
      return member(id)
    },
  }
  const h = await house(POLICY(), over, () => T0)
  const request = await h.ask()
  await h.click(request, 'U0BOB')
  const glass = await h.ask()
  let calls = 0
  between = () => {
    if (++calls === 12) h.setPolicy(POLICY().replace('count: 2', 'count: 3'))
  }
  expect(await h.click(request, 'U0CAROL')).toBe('pending')
  expect(calls).toBeGreaterThan(12)
  h.setPolicy(POLICY())
  calls = 0
  between = () => {
    if (++calls === 2) h.setPolicy(POLICY().replace(/ {4}break_glass.*\n/, ''))
  }
  expect(await h.breaks(glass, 'U0ONA')).toBe('break_glass_not_allowed')
  expect(calls).toBeGreaterThan(2)
})

test('a condition that cannot be judged denies, at the ask and at the click', async () => {
  const h = await house(POLICY('', '\n    when: "params.rows > 1000"'))
  expect((await h.ask({ params: {} })).outcome).toMatchObject({
    code: 'policy_error',
    reason: expect.stringContaining('export'),
  })
  // Masked: nobody can judge by it, and masking it turns no condition.
  expect((await h.ask({ params: { rows: 5000 }, sensitive: ['/rows'] })).outcome?.code).toBe('policy_error')
  const request = await h.ask({ params: { rows: 5000 } })
  expect(request.status).toBe('pending')
  h.setPolicy(POLICY('', '\n    when: "params.lines > 1000"'))
  expect(await h.click(request, 'U0BOB')).toBe('denied')
})

test('what the policy wants shown is shown', async () => {
  const h = await house(POLICY('', '\n    must_show: [/query]'))
  expect(outcomeOf(await h.submit({ params: { query: 'x' }, sensitive: ['/query'] }))).toBe('must_show')
  expect(outcomeOf(await h.submit({ params: { query: 'x', note: 'y' }, sensitive: ['/note'] }, aCaller()))).toBe(
    'pending',
  )
})

test('B21 a person’s token adds what it proves of her to her vote, and takes nothing from her closure', async () => {
  const h = await house(`${POLICY()}people: [{ slack: [U0ALICE], github: [alice-gh] }]\n`)
  const request = await h.ask()
  const say = (userId: string, also: readonly `github:${string}`[]) =>
    h.service
      .decide({
        ...person(userId),
        surface: 'api',
        also,
        requestId: request.id,
        digestShown: request.payloadDigest.slice(7),
        verdict: 'approve',
        reason: null,
      })
      .then(outcomeOf)
  expect(await say('U0BOB', ['github:alice-gh'])).toBe('self_approval')
  expect(await say('U0BOB', ['github:bob-gh'])).toBe('pending')
  expect(await say('U0CAROL', ['github:bob-gh'])).toBe('already_counted')
  expect(await say('U0CAROL', [])).toBe('approved')
})
