import { SHORT_DIGEST, shortDigest } from '../../approval/digest.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import type { Requirement } from '../../approval/requirement.ts'
import { escapeMrkdwn, inertLine } from './text.ts'

/** The parts of a card that are OURS, in mrkdwn: names of the policy, ids from Slack, dates. Nothing of the asker's. */

const MENTIONS = 10

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

/**
 * For each requirement, the group or the people to wake; ten people at most over all of them, and nobody who stands behind
 * the ask: her yes could not count.
 */
export function mentionsOf(requirements: readonly Requirement[], closure: ApprovalRequest['closure']): string[] {
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

/** `2 minutes`, `1 hour`, `3 days`: the largest unit that comes out even, or seconds. */
export function duration(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const
  const [unit, size] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['second', 1_000]
  const count = Math.round(ms / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
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
