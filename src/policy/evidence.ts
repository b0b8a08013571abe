import { type Change, type OutboxMessage, SYSTEM } from '../approval/change.ts'
import { changedParts, policyDiff } from './diff.ts'
import { parsePolicy } from './load.ts'
import type { Policy } from './policy.ts'

/**
 * The policy that is in force from now on, as evidence: its text and its digest. Where another one was in force before, also
 * before the last start, what changed is told in the audit channel.
 *
 * @param before the newest version in the log; null where there is none.
 */
export const policyLoaded = (
  policy: Policy,
  before: { readonly digest: string; readonly text: string } | null,
  nowMs: number,
): Change => ({
  atMs: nowMs,
  audit: [{ type: 'policy.loaded', ...SYSTEM, requestId: null, body: { digest: policy.digest, text: policy.text } }],
  // The same digest is the same meaning: comments and layout wake nobody.
  outbox: before === null || before.digest === policy.digest ? [] : changeTold(policy, before),
})

function changeTold(policy: Policy, before: { readonly digest: string; readonly text: string }): OutboxMessage[] {
  const earlier = parsePolicy(before.text, { allowAll: true })
  // As written, on both sides: in force, a channel's name has become its id.
  const present = parsePolicy(policy.text, { allowAll: true })
  // What an older version took may be no policy to this one any more; its text can still be compared.
  const parts = 'policy' in earlier && 'policy' in present ? changedParts(earlier.policy, present.policy) : []
  const text = [
    `The policy was changed: ${short(before.digest)} is replaced by ${short(policy.digest)}.`,
    ...(parts.length > 0 ? [`That is: ${parts.join('; ')}.`] : []),
    policyDiff(before.text, policy.text),
    `The whole text: countersign policy show ${policy.digest}`,
  ].join('\n')
  return channelsToTell(policy, 'policy' in earlier ? earlier.policy : null).map((channel) => ({
    kind: 'alarm',
    channel,
    text,
  }))
}

/** Also the channel of before: whoever takes the audit channel out of the policy must not be able to do it unheard. */
function channelsToTell(policy: Policy, earlier: Policy | null): readonly string[] {
  const was = earlier?.slack.auditChannel ?? null
  const is = policy.slack.auditChannel
  // A name of before is not looked up any more; the same channel most likely bears the id of now.
  const all = [is, was?.startsWith('#') ? null : was]
  return [...new Set(all.filter((channel) => channel !== null))]
}

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12)

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
