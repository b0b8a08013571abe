import { describe, expect, test } from 'vitest'
import type { Identity } from '../../src/approval/principal.ts'
import { withLinkedAccounts } from '../../src/eligibility/accounts.ts'
import { member } from './given.ts'
import { house, person, TEXT } from './service-house.ts'

/** One human’s accounts, where only a link of the policy leads to the one whose address gives her away. */

/** Second accounts have the address of the first. */
const live = (id: string) => ({
  ...member(id),
  identities: [`slack:${id}`, `email:${id.replace(/2$/, '').slice(2).toLowerCase()}@example.com`] as Identity[],
})
const linked = (count: number, ...pairs: string[]) =>
  `${TEXT(count)}people: [${pairs.map((pair) => `{ slack: [${pair}] }`).join(', ')}]\n`
const given = (count: number, ...pairs: string[]) => house(linked(count, ...pairs), { member: async (id) => live(id) })

describe('B5 B22 B30 the address of an account that the policy links to her is hers', () => {
  test('she who asks under it approves nothing', async () => {
    const h = await given(1, 'U0ERIN, U0ALICE2')
    expect(await h.click(await h.ask(), 'U0ERIN')).toBe('self_approval')
  })

  test('she who voted under it votes no second time', async () => {
    const h = await given(2, 'U0ERIN, U0BOB2')
    const request = await h.ask()
    expect(await h.click(request, 'U0BOB')).toBe('pending')
    expect(await h.click(request, 'U0ERIN')).toBe('already_counted')
  })

  test('also where the link is gone by the time that the other account votes', async () => {
    const h = await given(2, 'U0ERIN, U0BOB2')
    const request = await h.ask()
    expect(await h.click(request, 'U0ERIN')).toBe('pending')
    h.setPolicy(linked(2))
    expect(await h.click(request, 'U0BOB')).toBe('already_counted')
  })

  test('also where the link was written after her vote: what she said then counts no more', async () => {
    const h = await given(2)
    const request = await h.ask()
    expect(await h.click(request, 'U0ERIN')).toBe('pending')
    h.setPolicy(linked(2, 'U0ERIN, U0ALICE2'))
    expect(await h.click(request, 'U0CAROL')).toBe('pending')
    expect(await h.click(request, 'U0BOB')).toBe('approved')
    expect((await h.store.request(request.id))?.outcome?.approvers).toEqual(['U0CAROL', 'U0BOB'])
  })

  test('also of the account behind the ask', async () => {
    // Alice’s own address is another; the policy links her to an account with Bob’s.
    const h = await given(1, 'U0ALICE, U0BOB2')
    expect(await h.click(await h.ask(), 'U0BOB')).toBe('self_approval')
  })

  test('also of whose seat it is, and of who wrote that', async () => {
    const h = await given(1, 'U0BOB, U0ALICE2')
    const order = { from: 'U0BOB', to: 'U0DAN', startsAtMs: null, endsAtMs: Date.now() + 60_000 }
    await h.service.delegate(person('U0BOB'), order)
    expect(await h.click(await h.ask(), 'U0DAN')).toBe('not_an_approver')
  })
})

test('accounts are read to the end of the chain, each once, and no more of them than any human has', async () => {
  const asked: string[] = []
  const directory = {
    member: async (id: string) => {
      asked.push(id)
      return id === 'U0GONE' ? null : live(id)
    },
  }
  const people: Identity[][] = [
    ['email:a@example.com', 'slack:U0B'],
    ['email:b@example.com', 'slack:U0GONE', 'slack:U0C'],
  ]
  expect(await withLinkedAccounts(directory, ['slack:U0A'], people)).toEqual(
    expect.arrayContaining([
      'email:a@example.com',
      'slack:U0B',
      'email:b@example.com',
      'slack:U0C',
      'email:c@example.com',
    ]),
  )
  expect(asked).toEqual(['U0A', 'U0B', 'U0GONE', 'U0C'])
  asked.length = 0
  const crowd = [Array.from({ length: 100 }, (_, i): Identity => `slack:U${i}`)]
  await withLinkedAccounts(directory, ['slack:U0'], crowd, ['slack:U0'])
  expect(asked).toHaveLength(20)
})
