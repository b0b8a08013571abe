import type { KnownBlock } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { type Allowance, fitsMessage, fitting } from './budget.ts'
import { approveButton, denyButton, detailsButton, reviewButton } from './buttons.ts'
import { ending, statusWord } from './ending.ts'
import { needed } from './needed.ts'
import { date, idLine, summary } from './people.ts'
import { actions, ours, type Rendered, small } from './rich.ts'
import { escapeMrkdwn, inertLine, plain } from './text.ts'

/** From generous to stingy. The last one fits whatever was asked; a property test holds it to that. */
const LESSER: readonly Allowance[] = [
  { line: 600, params: 2_600, reason: 1_000, long: 800, lines: 30, items: 5 },
  { line: 300, params: 1_800, reason: 600, long: 400, lines: 16, items: 4 },
  { line: 160, params: 900, reason: 300, long: 200, lines: 10, items: 3 },
  { line: 90, params: 400, reason: 150, long: 100, lines: 6, items: 2 },
]

/**
 * The message that shows a request: what people decide on, and afterwards what became of it. A pure function of the
 * stored request, so that the last word shown is always the newest state.
 *
 * Pending: exactly one Approve, or Review where something had to be cut, and one Deny. Closed: no buttons at all.
 */
export const card = (request: ApprovalRequest): Rendered =>
  request.status === 'pending' ? pendingCard(request) : closedCard(request)

function pendingCard(request: ApprovalRequest): Rendered {
  const draft = fitting((allowance) => pendingBlocks(request, allowance, true), fitsMessage, LESSER)
  return {
    text: notice(request),
    blocks: draft.whole ? draft.blocks : [...draft.blocks.slice(0, -1), buttons(request, false)],
  }
}

const pendingBlocks = (request: ApprovalRequest, allowance: Allowance, whole: boolean): KnownBlock[] =>
  [
    header(request),
    ...theAsk(request, allowance),
    ours(needed(request)),
    small(`Expires ${date(request.expiresAtMs)}`, idLine(request)),
    buttons(request, whole),
  ] satisfies KnownBlock[]

/** Where something was cut nobody has seen it all, so the yes stands at the end of the review instead. */
const buttons = (request: ApprovalRequest, whole: boolean) =>
  actions(whole ? approveButton(request) : reviewButton(request), denyButton(request), detailsButton(request))

function closedCard(request: ApprovalRequest): Rendered {
  const render = (allowance: Allowance): KnownBlock[] =>
    [
      header(request),
      ...ending(request, allowance),
      ...theAsk(request, allowance),
      small(idLine(request)),
    ] satisfies KnownBlock[]
  return { text: notice(request), blocks: fitting(render, fitsMessage, LESSER).blocks }
}

const header = (request: ApprovalRequest): KnownBlock => ({
  type: 'header',
  text: plain(`${statusWord(request)}: ${request.ask.action}`, 150),
})

/** What a notification and a screen reader say. It is parsed as mrkdwn, so it is escaped. */
const notice = (request: ApprovalRequest): string =>
  escapeMrkdwn(
    `${statusWord(request)}: ${summary(request, 600)}, asked by ${inertLine(request.client.name, 120)} (${request.id})`,
  )
