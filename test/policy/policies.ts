import type { Ask } from '../../src/approval/request.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { describeProblems, type Loaded, parsePolicy } from '../../src/policy/load.ts'
import type { Circumstances, Evaluation, Policy, Subject } from '../../src/policy/policy.ts'

/** The smallest head of a file that is otherwise about something else. */
export const HEAD = `version: 1
slack: { channel: C0APPROVALS }
groups:
  data-owners: { usergroup: S0DATA }
  sre: { users: [U0BOB, U0CAROL] }
`

export function policyFrom(text: string): Policy {
  const loaded = parsePolicy(text)
  if ('problems' in loaded) throw new Error(`The test's own policy is wrong:\n${lines(loaded)}`)
  return loaded.policy
}

/** Problems, or the warnings of a policy that loaded, as printed. */
export const lines = (loaded: Loaded): string =>
  describeProblems('policy.yaml', 'problems' in loaded ? loaded.problems : loaded.warnings)

/** An ask of a client with a key. */
export const subjectOf = (ask: Partial<Ask> = {}): Subject => ({
  ask: { action: 'data.export', ...ask },
  requester: { client: { id: 'ci', name: 'CI' }, verifiedBy: 'client_key' },
})

/** A Tuesday noon in UTC. */
export const NOW = Date.parse('2026-11-17T12:00:00Z')

export const judge = (policy: Policy, ask: Partial<Ask> = {}, at: Partial<Circumstances> = {}): Evaluation =>
  evaluate(policy, subjectOf(ask), { nowMs: NOW, ...at })
