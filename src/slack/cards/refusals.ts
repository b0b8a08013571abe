import type { Refusal, RefusalCode } from '../../approval/refusal.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { statusWord } from './ending.ts'
import { date, ourWords } from './people.ts'
import { approvers, said, voters } from './votes.ts'

type Words = string | ((request: ApprovalRequest) => string)

/** Why not, and what to do. Our own words only (mrkdwn): a refusal's detail may hold the asker's. */
const WORDS: Record<RefusalCode, Words> = {
  not_found: 'There is no such request. Check the id: it begins with `req_`.',
  no_eligible_approver:
    'Nobody but those behind the ask could approve it. Ask an admin to widen the group in the policy.',
  requester_unresolved:
    'Nobody can tell whether you are behind this ask: Slack does not show your e-mail address, or does not know who asked. Ask an admin to join the accounts in the policy (`people`); then it may have to be asked again.',
  forbidden: 'This client may not ask for that. An admin can widen what it may ask for.',
  must_show: 'Something is masked that the policy wants people to see. It has to be asked again without the mask.',
  act_for_not_allowed: 'This client may not ask on behalf of somebody else. An admin can allow it that.',
  idempotency_key_reused: 'This key was used for another ask. Ask again with a new one.',
  too_many_pending: 'This client has too many open requests. Decide or cancel some of them first.',
  already_decided: (request) => `This request is closed already: ${closing(request)}. Nothing was changed.`,
  expired: (request) =>
    `This request expired ${date(request.expiresAtMs)}, so it can no longer be decided. Whoever needs it has to ask again.`,
  cancelled: (request) =>
    request.outcome?.code === 'revoked'
      ? 'The approval of this request was revoked. Whoever needs it has to ask again.'
      : WITHDRAWN,
  not_approved: 'This request is not approved, so it cannot be used.',
  digest_mismatch: 'What was about to run is not what was approved, so it was refused. Ask again for what shall run.',
  already_consumed: 'The yes to this request was used already, and it is good for one use. Ask again.',
  not_consumed: 'The yes to this request was not used yet, so there is nothing to report of it.',
  already_completed: 'It was reported already how this request went. The first report stands.',
  grant_invalid: 'This grant is not one of ours, or it is not for this request. Fetch the request again.',
  self_approval:
    'You are behind this ask (it is yours, on your behalf, or from a client or agent of yours), so your yes cannot count. Somebody else has to approve it.',
  not_an_approver: (request) =>
    `You are in none of the groups that may decide this: it needs ${groups(request)}. Ask one of them, or ask an admin to add you.${late(request)}`,
  approver_not_human: 'Only people can decide: bots and workflows cannot.',
  inactive: 'Your account is not active in this workspace, so your answer cannot count.',
  guest: 'Guests cannot decide requests. Ask a full member of this workspace.',
  outsider: 'Only members of this workspace can decide requests. Ask one of them.',
  already_counted:
    'Your answer to this request is counted already (said by you, or in your place), and each person counts once. It needs somebody else.',
  seat_taken:
    'Your group’s places are filled already, so your yes would add nothing. It needs people of the other groups.',
  stale_card:
    'The card that you clicked shows something else than what is asked. Nothing was recorded: open the request again and look at it anew.',
  reason_required: 'The policy wants a reason with this answer. Click again and write one.',
  channel_external:
    'People of other organisations can read this channel, so nothing can be decided in it. Use the app’s Home tab, or tell an admin to move the announcements.',
  policy_changed: 'The policy was changed and this ask is no longer allowed by it. Whoever needs it has to ask again.',
  not_now:
    'The policy does not allow this at this hour, so a yes cannot count now. The request stays open: answer it again when the policy allows it.',
  nothing_to_withdraw: 'There is no vote of yours on this request that could be taken back.',
  not_revocable:
    'There is nothing here that you could revoke: only an approval whose use is still to come, by one whose yes it was or by an admin.',
  reason_too_short: 'Say why it cannot wait: at least 20 characters and three different words.',
  break_glass_not_allowed:
    'The policy lets nobody break the glass on this request. It needs the approvals on its card.',
  review_not_open:
    'There is no review to sign: nobody broke the glass on this request, or the review is signed already.',
  delegation_refused: 'This delegation was not taken. `/approvals delegate` lists those that there are.',
  not_an_admin: 'Only admins can do that. The policy names them (`admins`).',
  paused: 'Everything is paused by an admin: nothing is approved until one resumes. The request stays open.',
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

const WITHDRAWN = 'The asker withdrew this request. There is nothing left to decide.'

/** For the ones that speak of a request, where there is none at hand. */
const WITHOUT: Partial<Record<RefusalCode, string>> = {
  already_decided: 'This request is closed already. Nothing was changed.',
  cancelled: WITHDRAWN,
  expired: 'This request expired, so it can no longer be decided. Whoever needs it has to ask again.',
  not_an_approver:
    'You are in none of the groups that may decide this. Ask one of their members, or ask an admin to add you.',
}

function closing(request: ApprovalRequest): string {
  const hers = request.status === 'denied' ? said(request, 'deny') : approvers(request)
  const by = request.outcome?.by === 'people' ? hers : []
  const who = by.length === 0 ? '' : ` by ${voters(by)}`
  const when = request.outcome ? ` (${date(request.outcome.atMs)})` : ''
  return `*${statusWord(request).toLowerCase()}*${who}${when}`
}

const groups = (request: ApprovalRequest): string =>
  request.policy.requirements
    .map(({ from }) => `*${ourWords(from, 80)}*`)
    .slice(0, 10)
    .join(', ')

/** Of a group that takes no late joiners: being in it now may not be enough. */
const late = ({ policy }: ApprovalRequest): string =>
  policy.requirements.some(({ onlyThese }) => onlyThese !== undefined)
    ? ' Who joined a group after this was asked cannot decide it.'
    : ''
