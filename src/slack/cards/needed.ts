import type { ApprovalRequest } from '../../approval/request.ts'
import { received } from '../../approval/requirement.ts'
import { mentionsOf, ourWords } from './people.ts'
import { said, takenBackLine, voters } from './votes.ts'

const ROWS = 8

/** `*Needed:* 1 of 2 from data-owners (@data-owners)`, with who said what so far. */
export function needed(request: ApprovalRequest): string {
  const { requirements, denyCount } = request.policy
  const approvals = said(request, 'approve')
  const counts = received(requirements, approvals)
  const mentions = mentionsOf(requirements, request.closure)
  const rows = requirements.slice(0, ROWS).map(({ from, count, onlyThese }, i) => {
    // Whoever joins the group now is not let in (B18): said here, so that nobody clicks in vain.
    const who = onlyThese === undefined ? '' : ', members since before this was asked'
    const mention = mentions[i] ?? ''
    return `${counts[i] ?? 0} of ${count} from ${ourWords(from, 80)}${who}${mention === '' ? '' : ` (${mention})`}`
  })
  if (requirements.length > ROWS) rows.push(`and ${requirements.length - ROWS} more, see Details`)
  const lines = [`*Still needed:* ${rows.join(' · ')}`]
  if (approvals.length > 0) lines.push(`*Approved so far by* ${voters(approvals)}`)
  const denied = said(request, 'deny')
  if (denied.length > 0) lines.push(`*Denied so far by* ${voters(denied)} (${denied.length} of ${denyCount})`)
  const back = takenBackLine(request)
  if (back !== null) lines.push(back)
  return lines.join('\n')
}
