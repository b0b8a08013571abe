import { afterEach, expect, test, vi } from 'vitest'
import { DirectoryError } from '../src/eligibility.ts'
import { Roster } from '../src/roster.ts'
import { policyFrom } from './policy/policies.ts'

const POLICY = policyFrom(`version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN }, sre: { usergroup: S0SRE }, few: { users: [U0BOB] } }
rules:
  - { id: r, match: { action: "a" }, effect: require_approval, approvals: [{ from: owners }] }
`)

const stopping: Roster[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(stopping.splice(0).map((roster) => roster.stop()))
})

function given(groups: Record<string, string[] | 'away'>) {
  const asked: string[] = []
  let clock = 1_000_000
  const roster = new Roster({
    directory: {
      groupMembers: async (id) => {
        asked.push(id)
        const users = groups[id] ?? []
        if (users === 'away') throw new DirectoryError('no answer')
        return { users: [...users], readAtMs: clock }
      },
    },
    policy: () => POLICY,
    now: () => clock,
  })
  stopping.push(roster)
  const later = (ms: number) => {
    clock += ms
    vi.advanceTimersByTime(ms)
  }
  return { roster, asked, later }
}

test('it knows who is in the groups of the policy soon after the start, and nothing before', async () => {
  const { roster, asked } = given({ S0OWN: ['U0BOB'], S0SRE: ['U0DAN'] })
  expect(roster.members('S0OWN')).toBeNull()
  roster.start()
  await vi.waitFor(() => expect(roster.members('S0SRE') !== null && roster.members('S0OWN') !== null).toBe(true))
  expect([roster.members('S0OWN'), roster.members('S0SRE')]).toEqual([['U0BOB'], ['U0DAN']])
  expect(asked.sort()).toEqual(['S0OWN', 'S0SRE'])
})

test('what could not be asked for before Slack was connected is asked for once it is', async () => {
  const groups: Record<string, string[] | 'away'> = { S0OWN: 'away', S0SRE: ['U0DAN'] }
  const { roster, asked } = given(groups)
  roster.start()
  await vi.waitFor(() => expect(roster.members('S0SRE')).toEqual(['U0DAN']))
  groups.S0OWN = ['U0BOB']
  asked.length = 0
  roster.wake()
  await vi.waitFor(() => expect(roster.members('S0OWN')).toEqual(['U0BOB']))
  expect(asked).toEqual(['S0OWN'])
})

test('it reads each group again within a minute, one at a turn, and one that fails keeps none of the others from it', async () => {
  vi.useFakeTimers()
  const groups: Record<string, string[] | 'away'> = { S0OWN: 'away', S0SRE: ['U0DAN'] }
  const { roster, asked, later } = given(groups)
  roster.start()
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  asked.length = 0
  groups.S0SRE = ['U0EVE']
  for (let i = 0; i < 12; i++) {
    later(5_000)
    await Promise.resolve()
  }
  await vi.waitFor(() => expect(roster.members('S0SRE')).toEqual(['U0EVE']))
  expect(asked.filter((id) => id === 'S0SRE').length).toBeGreaterThan(0)
  expect(asked.filter((id) => id === 'S0OWN').length).toBeGreaterThan(0)
  expect(asked.length).toBeLessThanOrEqual(12)
})

test('B18 what Slack says has changed is read again at once; where it cannot be, it is not known any more', async () => {
  const groups: Record<string, string[] | 'away'> = { S0OWN: ['U0BOB'] }
  const { roster } = given(groups)
  roster.start()
  await vi.waitFor(() => expect(roster.members('S0OWN') !== null).toBe(true))
  groups.S0OWN = ['U0CAROL']
  roster.forget('S0OWN')
  await vi.waitFor(() => expect(roster.members('S0OWN')?.[0] === 'U0CAROL').toBe(true))
  groups.S0OWN = 'away'
  roster.forget('S0OWN')
  await vi.waitFor(() => expect(roster.members('S0OWN') === null).toBe(true))
})

test('a group that is not known is not asked for with each ask', async () => {
  const groups: Record<string, string[] | 'away'> = { S0OWN: 'away' }
  const { roster, asked } = given(groups)
  for (let i = 0; i < 100; i++) expect(roster.members('S0OWN')).toBeNull()
  await vi.waitFor(() => expect(asked).toEqual(['S0OWN']))
  expect(roster.members('S0OWN')).toBeNull()
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toEqual(['S0OWN'])
})

test('an answer that was asked for before a change does not come after it', async () => {
  const answers: ((users: string[]) => void)[] = []
  const roster = new Roster({
    directory: {
      groupMembers: () =>
        new Promise((resolve) => {
          answers.push((users) => resolve({ users, readAtMs: 0 }))
        }),
    },
    policy: () => POLICY,
    now: () => 1_000_000,
  })
  stopping.push(roster)
  roster.members('S0OWN')
  await vi.waitFor(() => expect(answers.length === 1).toBe(true))
  roster.forget('S0OWN')
  answers[0]?.(['U0OLD'])
  await vi.waitFor(() => expect(answers.length === 2).toBe(true))
  answers[1]?.(['U0NEW'])
  await vi.waitFor(() => expect(roster.members('S0OWN')?.[0] === 'U0NEW').toBe(true))
})
