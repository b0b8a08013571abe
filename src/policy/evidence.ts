import { type Change, SYSTEM } from '../approval/change.ts'
import type { Policy } from './policy.ts'

/** The policy that is in force from now on, as evidence: its text and its digest. */
export const policyLoaded = (policy: Policy, nowMs: number): Change => ({
  atMs: nowMs,
  audit: [{ type: 'policy.loaded', ...SYSTEM, requestId: null, body: { digest: policy.digest, text: policy.text } }],
})

/** A changed policy file that is not valid: the last good one stays in force, and people are told (INV7). */
export function policyReloadFailed(problems: readonly string[], inForce: Policy | null, nowMs: number): Change {
  const said = problems.slice(0, 10).join('\n')
  const text = `The policy file was changed but is not valid, so the last good policy stays in force:\n${said}`
  const channel = inForce?.slack.auditChannel
  return {
    atMs: nowMs,
    audit: [
      {
        type: 'policy.reload_failed',
        ...SYSTEM,
        requestId: null,
        body: { in_force: inForce?.digest ?? null, problems: problems.slice(0, 100) },
      },
    ],
    outbox: channel ? [{ kind: 'alarm', channel, text }] : [],
  }
}
