import { describeProblems, type Loaded, parsePolicy } from '../../src/policy/load.ts'
import type { Policy } from '../../src/policy/policy.ts'

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
