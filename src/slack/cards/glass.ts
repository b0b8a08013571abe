import type { SectionBlock } from '@slack/types'
import type { ApprovalRequest, BrokenGlass } from '../../approval/request.ts'
import type { Allowance } from './budget.ts'
import { date, person } from './people.ts'
import { labelled, line, ours, type Pair, quote, type Rich, rich, word } from './rich.ts'
import { inert, inertLine } from './text.ts'

/**
 * The emergency, before everything else that a closed card says: who went alone, why, and whether anybody has looked at it
 * since. Nobody may take such a yes for an ordinary one.
 */
export function brokenGlass({ brokenGlass: glass }: ApprovalRequest, allowance: Allowance): (SectionBlock | Rich)[] {
  if (!glass) return []
  const who = `:rotating_light: *The glass was broken* by ${person(glass.userId)} · ${date(glass.atMs)}. Nobody else was asked.`
  const given: Pair[] = [[`Why, says ${inertLine(glass.name, allowance.line)}`, said(glass.reason, allowance)]]
  if (glass.review) {
    given.push([`Review, says ${inertLine(glass.review.name, allowance.line)}`, said(glass.review.note, allowance)])
  }
  return [ours(`${who}\n${reviewState(glass)}`), rich(line(word('Emergency', 'bold')), quote(...labelled(given)))]
}

const said = (text: string, { reason, lines }: Allowance) => word(inert(text, reason, lines))

const reviewState = ({ review }: BrokenGlass): string =>
  review
    ? `Reviewed by ${person(review.userId)} · ${date(review.atMs)}`
    : '*Review open:* somebody else must sign it (`/approvals breakglass`).'
