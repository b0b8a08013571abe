import type { ApprovalRequest, Decision } from '../../approval/request.ts'
import { standingVotes } from '../../approval/votes.ts'
import { person } from './people.ts'

/** Who said what, in mrkdwn: Slack ids only. */

type Vote = Pick<Decision, 'approver' | 'delegatedBy'>
type Voted = Pick<ApprovalRequest, 'decisions'>

const SHOWN = 20
const TAKEN_BACK = 6

/** `<@dave> for <@bob>` where the seat is another's. */
export const voter = ({ approver, delegatedBy }: Vote): string =>
  delegatedBy === null ? person(approver.userId) : `${person(approver.userId)} for ${person(delegatedBy)}`

export const voters = (votes: readonly Vote[]): string => {
  const shown = votes.slice(0, SHOWN).map(voter).join(', ')
  return votes.length > SHOWN ? `${shown} and ${votes.length - SHOWN} more` : shown
}

/** The votes that stand. */
export const said = (request: Voted, verdict: 'approve' | 'deny'): readonly Decision[] =>
  standingVotes(request).filter((decision) => decision.verdict === verdict)

/** Those whose yes counted, each with the seat that she filled. */
export function approvers(request: Voted & Pick<ApprovalRequest, 'outcome'>): readonly Vote[] {
  const yes = said(request, 'approve')
  return (request.outcome?.approvers ?? []).map(
    (userId) =>
      yes.find(({ approver }) => approver.userId === userId) ?? {
        approver: { userId, teamId: '', name: userId, identities: [] },
        delegatedBy: null,
      },
  )
}

/** The votes that somebody took back, oldest first. */
export function takenBack(request: Voted): readonly Decision[] {
  const standing = new Set(standingVotes(request))
  return request.decisions.filter((decision) => decision.verdict !== 'withdraw' && !standing.has(decision))
}

/** Struck out, not left out: what was said once was seen, and may have moved others. Null where nothing was taken back. */
export function takenBackLine(request: Voted): string | null {
  const votes = takenBack(request)
  if (votes.length === 0) return null
  const shown = votes.slice(-TAKEN_BACK).map((vote) => `~${vote.verdict} by ${voter(vote)}~`)
  const more = votes.length > shown.length ? ` and ${votes.length - shown.length} before` : ''
  return `*Taken back:* ${shown.join(', ')}${more}`
}
