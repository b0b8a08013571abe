import type { SectionBlock } from '@slack/types'
import type { ApprovalRequest, Status } from '../../approval/request.ts'
import type { Allowance } from './budget.ts'
import { brokenGlass } from './glass.ts'
import { date, ourWords } from './people.ts'
import { labelled, line, ours, type Pair, quote, type Rich, rich, word } from './rich.ts'
import { inert, inertLine } from './text.ts'
import { approvers, said, takenBack, takenBackLine, voters } from './votes.ts'

const STATUS_WORD: Record<Status, string> = {
  pending: 'Approval needed',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  cancelled: 'Cancelled',
}

/** What the request is, in a word or three: a yes out of an emergency, or one that was taken back, is never called plainly so. */
export function statusWord({ status, outcome, brokenGlass }: ApprovalRequest): string {
  if (outcome?.code === 'revoked') return brokenGlass ? 'Revoked (the glass was broken)' : 'Revoked'
  return brokenGlass ? `${STATUS_WORD[status]} (the glass was broken)` : STATUS_WORD[status]
}

/** How a closed request ended, by whom, when, what was said with it, and whether its yes was used; an emergency before all. */
export const ending = (request: ApprovalRequest, allowance: Allowance): (SectionBlock | Rich)[] => [
  ...brokenGlass(request, allowance),
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
  const yes = said(request, 'approve')
  const back = takenBackLine(request)
  const soFar = `${yes.length === 0 ? '' : `\nApproved before by ${voters(yes)}`}${back === null ? '' : `\n${back}`}`
  if (outcome?.by === 'policy') return `*${STATUS_WORD[status]}* by the policy (${rules})${at}${soFar}`
  if (status === 'approved') {
    const how = request.brokenGlass ? ' alone, by breaking the glass' : ''
    return `*Approved* by ${voters(approvers(request))}${how}${at}${back === null ? '' : `\n${back}`}`
  }
  if (outcome?.code === 'revoked') {
    return `*Revoked* by ${outcome.by === 'admin' ? 'an admin' : 'one who had approved it'}${at}${soFar}`
  }
  if (status === 'denied' && outcome?.by === 'people') {
    return `*Denied* by ${voters(said(request, 'deny'))}${at}${soFar}`
  }
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
export function reasons(request: ApprovalRequest, allowance: Allowance): Rich[] {
  const { decisions, outcome } = request
  const back = new Set(takenBack(request))
  const given = decisions.flatMap((decision): Pair[] => {
    const { approver, verdict, reason } = decision
    if (reason === null || reason.trim() === '') return []
    const who = `${inertLine(approver.name, allowance.line)} (${verdict}${back.has(decision) ? ', taken back' : ''})`
    return [[who, word(inert(reason, allowance.reason, allowance.lines))]]
  })
  const isTheirs = outcome?.code === 'revoked' || (outcome && outcome.by !== 'people' && outcome.by !== 'expiry')
  if (isTheirs && outcome.reason !== null) {
    given.push(['Reason', word(inert(outcome.reason, allowance.reason, allowance.lines))])
  }
  const shown = given.slice(0, allowance.items)
  if (given.length > shown.length) shown.push(['And', word(`${given.length - shown.length} more`)])
  return shown.length === 0 ? [] : [rich(line(word('Reasons given', 'bold')), quote(...labelled(shown)))]
}

/** The one use and what the asker reports of it. */
function execution({ consumed, completed }: ApprovalRequest, allowance: Allowance): Rich[] {
  if (!consumed) return []
  const pairs: Pair[] = [['Execution', word(inertLine(consumed.executionId, allowance.line))]]
  if (completed?.summary) pairs.push(['Summary', word(inert(completed.summary, allowance.reason, allowance.lines))])
  if (completed?.resultDigest) pairs.push(['Result', word(inertLine(completed.resultDigest, allowance.line))])
  return [rich(line(word('Reported by the asker, not checked', 'bold')), quote(...labelled(pairs)))]
}
