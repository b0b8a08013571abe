import type { KnownBlock } from '@slack/types'
import type { ApprovalRequest, Status } from '../../approval/request.ts'
import type { Allowance } from './budget.ts'
import { date, ourWords, people, said } from './people.ts'
import { labelled, line, ours, type Pair, quote, type Rich, rich, word } from './rich.ts'
import { inert, inertLine } from './text.ts'

export const STATUS_WORD: Record<Status, string> = {
  pending: 'Approval needed',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  cancelled: 'Cancelled',
}

/** How a closed request ended, by whom, when, what was said with it, and whether its yes was used. */
export const ending = (request: ApprovalRequest, allowance: Allowance): KnownBlock[] => [
  ours(`${howItEnded(request)}\n${howItWasUsed(request)}`),
  ...reasons(request, allowance),
  ...execution(request, allowance),
]

function howItEnded(request: ApprovalRequest): string {
  const { outcome, policy, status } = request
  const at = outcome ? ` · ${date(outcome.atMs)}` : ''
  const rules =
    policy.rules.length === 0
      ? 'no rule matched'
      : policy.rules
          .slice(0, 5)
          .map((id) => ourWords(id, 80))
          .join(', ')
  const approvers = said(request, 'approve')
  const soFar = approvers.length === 0 ? '' : `\nApproved before by ${people(approvers)}`
  if (outcome?.by === 'policy') return `*${STATUS_WORD[status]}* by the policy (${rules})${at}${soFar}`
  if (status === 'approved') return `*Approved* by ${people(outcome?.approvers ?? [])}${at}`
  if (status === 'denied' && outcome?.by === 'people')
    return `*Denied* by ${people(said(request, 'deny'))}${at}${soFar}`
  if (status === 'expired') return `*Expired*: nobody decided in time${at}${soFar}`
  const by = outcome?.by === 'requester' ? ' by the asker' : outcome?.by === 'admin' ? ' by an admin' : ''
  return `*${STATUS_WORD[status]}*${by}${at}${soFar}`
}

function howItWasUsed({ status, consumed, completed, grantExpiresAtMs }: ApprovalRequest): string {
  if (!consumed) {
    if (status !== 'approved') return 'It was not used, and cannot be.'
    return grantExpiresAtMs === null
      ? 'Not used yet.'
      : `Not used yet. It can be used once, until ${date(grantExpiresAtMs)}.`
  }
  if (!completed) return `Used · ${date(consumed.atMs)}. The asker has not said yet how it went.`
  const how = completed.status === 'succeeded' ? '*succeeded*' : '*failed*'
  return `Used · ${date(consumed.atMs)}. It ${how}, says the asker · ${date(completed.atMs)}.`
}

/** What people gave as their reasons: their words, so as inert as the asker's. */
export function reasons({ decisions, outcome }: ApprovalRequest, allowance: Allowance): Rich[] {
  const given = decisions.flatMap(({ approver, verdict, reason }): Pair[] => {
    if (reason === null || reason.trim() === '') return []
    const who = `${inertLine(approver.name, allowance.line)} (${verdict})`
    return [[who, word(inert(reason, allowance.reason, allowance.lines))]]
  })
  if (outcome && outcome.by !== 'people' && outcome.by !== 'expiry' && outcome.reason !== null) {
    given.push(['Reason', word(inert(outcome.reason, allowance.reason, allowance.lines))])
  }
  const shown = given.slice(0, allowance.items)
  if (given.length > shown.length) shown.push(['And', word(`${given.length - shown.length} more`)])
  return shown.length === 0 ? [] : [rich(line(word('Reasons given', 'bold')), quote(...labelled(shown)))]
}

/** The one use and what the asker reports of it. */
export function execution({ consumed, completed }: ApprovalRequest, allowance: Allowance): Rich[] {
  if (!consumed) return []
  const pairs: Pair[] = [['Execution', word(inertLine(consumed.executionId, allowance.line))]]
  if (completed?.summary) pairs.push(['Summary', word(inert(completed.summary, allowance.reason, allowance.lines))])
  if (completed?.resultDigest) pairs.push(['Result', word(inertLine(completed.resultDigest, allowance.line))])
  return [rich(line(word('Reported by the asker, not checked', 'bold')), quote(...labelled(pairs)))]
}
