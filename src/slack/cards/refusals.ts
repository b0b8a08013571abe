import type { Refusal, RefusalCode } from '../../approval/refusal.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { STATUS_WORD } from './ending.ts'
import { date, ourWords, people, said } from './people.ts'

type Words = string | ((request: ApprovalRequest) => string)

/** Why not, and what to do. Our own words only (mrkdwn): a refusal's detail may hold the asker's. */
const WORDS: Record<RefusalCode, Words> = {
  not_found: 'There is no such request. Check the id: it begins with `req_`.',
  no_eligible_approver:
    'Nobody but those behind the ask could approve it. Ask an admin to widen the group in the policy.',
  requester_unresolved:
    'Slack does not show your e-mail address, so nobody can tell whether you are behind this ask. Ask an admin to join your accounts in the policy (`people`).',
  act_for_not_allowed: 'This client may not ask on behalf of somebody else. An admin can allow it that.',
  idempotency_key_reused: 'This key was used for another ask. Ask again with a new one.',
  too_many_pending: 'This client has too many open requests. Decide or cancel some of them first.',
  already_decided: (request) => `This request is closed already: ${closing(request)}. Nothing was changed.`,
  expired: (request) =>
    `This request expired ${date(request.expiresAtMs)}, so it can no longer be decided. Whoever needs it has to ask again.`,
  cancelled: 'The asker withdrew this request. There is nothing left to decide.',
  not_approved: 'This request is not approved, so it cannot be used.',
  digest_mismatch: 'What was about to run is not what was approved, so it was refused. Ask again for what shall run.',
  already_consumed: 'The yes to this request was used already, and it is good for one use. Ask again.',
  not_consumed: 'The yes to this request was not used yet, so there is nothing to report of it.',
  already_completed: 'It was reported already how this request went. The first report stands.',
  grant_invalid: 'This grant is not one of ours, or it is not for this request. Fetch the request again.',
  self_approval:
    'You are behind this ask (it is yours, on your behalf, or from a client or agent of yours), so your yes cannot count. Somebody else has to approve it.',
  not_an_approver: (request) =>
    `You are in none of the groups that may decide this: it needs ${groups(request)}. Ask one of them, or ask an admin to add you.`,
  approver_not_human: 'Only people can decide: bots and workflows cannot.',
  inactive: 'Your account is not active in this workspace, so your answer cannot count.',
  guest: 'Guests cannot decide requests. Ask a full member of this workspace.',
  outsider: 'Only members of this workspace can decide requests. Ask one of them.',
  already_counted:
    'Your answer to this request is counted already, and each person counts once. It needs somebody else.',
  seat_taken:
    'Your group’s places are filled already, so your yes would add nothing. It needs people of the other groups.',
  stale_card:
    'The card that you clicked shows something else than what is asked. Nothing was recorded: open the request again and look at it anew.',
  reason_required: 'The policy wants a reason with this answer. Click again and write one.',
  channel_external:
    'People of other organisations can read this channel, so nothing can be decided in it. Use the app’s Home tab, or tell an admin to move the announcements.',
  policy_changed: 'The policy was changed and this ask is no longer allowed by it. Whoever needs it has to ask again.',
  directory_unavailable:
    'Slack did not tell us who you are or which groups you are in, so nothing was recorded. Try again in a minute.',
  policy_unavailable: 'There is no valid policy to judge by, so nothing can be decided. Tell an admin.',
}

/** One sentence or two for the person who was refused. */
export function refusalSentence(refusal: Refusal, request?: ApprovalRequest): string {
  const words = WORDS[refusal.refused]
  if (typeof words === 'string') return words
  return request
    ? words(request)
    : (WITHOUT[refusal.refused] ?? 'Nothing was recorded. Open the request again and look at it anew.')
}

/** For the ones that speak of a request, where there is none at hand. */
const WITHOUT: Partial<Record<RefusalCode, string>> = {
  already_decided: 'This request is closed already. Nothing was changed.',
  expired: 'This request expired, so it can no longer be decided. Whoever needs it has to ask again.',
  not_an_approver:
    'You are in none of the groups that may decide this. Ask one of their members, or ask an admin to add you.',
}

function closing(request: ApprovalRequest): string {
  const by = request.outcome?.by === 'people' ? said(request, request.status === 'denied' ? 'deny' : 'approve') : []
  const who = by.length === 0 ? '' : ` by ${people(by)}`
  const when = request.outcome ? ` (${date(request.outcome.atMs)})` : ''
  return `*${STATUS_WORD[request.status].toLowerCase()}*${who}${when}`
}

const groups = (request: ApprovalRequest): string =>
  request.policy.requirements
    .map(({ from }) => `*${ourWords(from, 80)}*`)
    .slice(0, 10)
    .join(', ')
