import { policySheet } from '../cards/policy-sheet.ts'
import { refusalSentence } from '../cards/refusals.ts'
import type { Verb } from './asked.ts'

const VERSIONS = 20

/** The policy that judges at this moment. */
export const policy: Verb = async ({ room }) => {
  const inForce = room.policy()
  if (!inForce) return { text: refusalSentence({ refused: 'policy_unavailable' }) }
  const versions = await room.service.reads.policyVersions(VERSIONS)
  const sinceMs = versions.find(({ digest }) => digest === inForce.digest)?.atMs ?? null
  return policySheet({ policy: inForce, sinceMs, failed: room.reloads.failed })
}
