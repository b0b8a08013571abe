import { SHORT_DIGEST, shortDigest } from '../../approval/digest.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { type Requirement, received } from '../../approval/requirement.ts'
import { escapeMrkdwn, inertLine } from './text.ts'

/** The parts of a card that are OURS, in mrkdwn: names of the policy, ids from Slack, dates. Nothing of the asker's. */

const MENTIONS = 10
const ROWS = 8

/** `<@U…>`, or the id as text where it is no Slack id: what looks like markup must be markup that we meant. */
export const person = (userId: string): string =>
  /^[UW][A-Z0-9]{1,30}$/.test(userId) ? `<@${userId}>` : ourWords(userId, 60)

export const people = (userIds: readonly string[]): string => {
  const shown = userIds.slice(0, 20).map(person).join(', ')
  return userIds.length > 20 ? `${shown} and ${userIds.length - 20} more` : shown
}

/** A name from the policy. */
export const ourWords = (text: string, max: number): string => escapeMrkdwn(inertLine(text, max))

/** Slack shows it in each reader's own time zone; the fallback is UTC. @param ms UTC milliseconds. */
export function date(ms: number): string {
  const fallback = `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} at {time}|${fallback}>`
}

export const said = (request: ApprovalRequest, verdict: 'approve' | 'deny'): string[] =>
  request.decisions.filter((decision) => decision.verdict === verdict).map((decision) => decision.approver.userId)

/** `*Needed:* 1 of 2 from data-owners (@data-owners)`, with who said what so far. */
export function needed(request: ApprovalRequest): string {
  const { requirements, denyCount } = request.policy
  const approvals = request.decisions.filter((decision) => decision.verdict === 'approve')
  const counts = received(requirements, approvals)
  const mentions = mentionsOf(requirements, request.closure)
  const rows = requirements.slice(0, ROWS).map((requirement, i) => {
    const seats = `${counts[i] ?? 0} of ${requirement.count} from ${ourWords(requirement.from, 80)}`
    const mention = mentions[i] ?? ''
    return mention === '' ? seats : `${seats} (${mention})`
  })
  if (requirements.length > ROWS) rows.push(`and ${requirements.length - ROWS} more, see Details`)
  const lines = [`*Still needed:* ${rows.join(' · ')}`]
  if (approvals.length > 0) lines.push(`*Approved so far by* ${people(said(request, 'approve'))}`)
  const denied = said(request, 'deny')
  if (denied.length > 0) lines.push(`*Denied so far by* ${people(denied)} (${denied.length} of ${denyCount})`)
  return lines.join('\n')
}

/**
 * For each requirement, the group or the people to wake; ten people at most over all of them, and nobody who stands behind
 * the ask: her yes could not count.
 */
function mentionsOf(requirements: readonly Requirement[], closure: ApprovalRequest['closure']): string[] {
  let left = MENTIONS
  const named = new Set<string>()
  return requirements.map(({ group }) => {
    if ('usergroup' in group) return /^S[A-Z0-9]{1,30}$/.test(group.usergroup) ? `<!subteam^${group.usergroup}>` : ''
    const fresh = group.users
      .filter((userId) => !named.has(userId) && /^[UW]/.test(userId) && !closure.includes(`slack:${userId}`))
      .slice(0, left)
    left -= fresh.length
    for (const userId of fresh) named.add(userId)
    const rest = group.users.length - fresh.length
    const mentions = fresh.map(person).join(' ')
    return rest > 0 && fresh.length > 0 ? `${mentions} and ${rest} more` : mentions
  })
}

/** The request's id and the beginning of its digest. */
export const idLine = (request: ApprovalRequest): string =>
  `\`${ourWords(request.id, 90)}\` · sha256 \`${shortDigest(request.payloadDigest)}\``

/** One line of plain text: what is asked. Inert, not escaped. */
export function summary({ ask }: ApprovalRequest, max = 300): string {
  const on = ask.resource === undefined ? '' : ` on ${ask.resource}`
  const where = ask.environment === undefined ? '' : ` in ${ask.environment}`
  return inertLine(`${ask.action}${on}${where}`, max)
}

/** What a confirmation repeats: the action, its target and the digest, in at most 300 characters. */
export const confirmation = (request: ApprovalRequest): string =>
  `${summary(request, 300 - SHORT_DIGEST - 70)}. Payload sha256 ${shortDigest(request.payloadDigest)}. Your name is recorded.`
