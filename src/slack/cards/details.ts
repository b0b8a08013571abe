import type { KnownBlock, ModalView } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { type Allowance, fitsView, fitting, WHOLE } from './budget.ts'
import { approveReviewedButton, backButton, denyButton, nextButton, reviewButton } from './buttons.ts'
import { ending, execution, reasons, STATUS_WORD } from './ending.ts'
import { CALLBACK, metadata } from './ids.ts'
import { paginate, split } from './pages.ts'
import { date, idLine, needed, person } from './people.ts'
import { actions, line, ours, type Rich, rich, small, word } from './rich.ts'
import { inertLine, plain } from './text.ts'

const LESSER: readonly Allowance[] = [
  { line: 4_000, params: 40_000, reason: 4_000, long: 10_000, lines: 2_000, items: 100 },
  { line: 1_000, params: 10_000, reason: 1_000, long: 3_000, lines: 500, items: 20 },
  { line: 200, params: 2_000, reason: 200, long: 500, lines: 50, items: 10 },
]

/** The channel of the card that was clicked; null where there was none (App Home). */
interface From {
  readonly channel: string | null
}

/** Everything about a request in one window; for an ask too large for that, what fits and the way to the rest. */
export function detailsView(request: ApprovalRequest, { channel }: From): ModalView {
  const draft = fitting((allowance) => detailsBlocks(request, allowance), fitsView, LESSER)
  const rest = [
    small('This window cannot hold everything. *Review* shows all of it, page by page.'),
    actions(reviewButton(request)),
  ]
  return modal({
    callback: CALLBACK.details,
    title: 'Request details',
    private_metadata: metadata(request, channel),
    blocks: draft.whole ? draft.blocks : [...rest, ...draft.blocks],
  })
}

const detailsBlocks = (request: ApprovalRequest, allowance: Allowance): KnownBlock[] =>
  [
    ...theAsk(request, allowance).flatMap(split),
    { type: 'divider' },
    ...(request.status === 'pending'
      ? [ours(needed(request)), ...reasons(request, allowance).flatMap(split)]
      : endingSplit(request, allowance)),
    ...rules(request, allowance).flatMap(split),
    ours(timeline(request)),
    small(idLine(request)),
  ] satisfies KnownBlock[]

function endingSplit(request: ApprovalRequest, allowance: Allowance): KnownBlock[] {
  const [sentence] = ending(request, allowance)
  const said = [...reasons(request, allowance), ...execution(request, allowance)].flatMap(split)
  return sentence ? [sentence, ...said] : said
}

/** Which rules applied, by the policy that was pinned when the request was opened. */
function rules({ policy }: ApprovalRequest, allowance: Allowance): Rich[] {
  const shown = policy.rules.slice(0, allowance.items).map((id) => inertLine(id, allowance.line))
  const names = shown.length === 0 ? 'no rule matched' : shown.join(', ')
  return [rich(line(word('Policy: ', 'bold'), word(`${names} (${policy.effect}), ${policy.digest}`)))]
}

function timeline(request: ApprovalRequest): string {
  const { decisions, outcome, consumed, completed } = request
  const rows = [`Asked · ${date(request.createdAtMs)}`]
  for (const { approver, verdict, decidedAtMs } of decisions.slice(0, 20)) {
    rows.push(`${verdict === 'approve' ? 'Approved' : 'Denied'} by ${person(approver.userId)} · ${date(decidedAtMs)}`)
  }
  if (decisions.length > 20) rows.push(`and ${decisions.length - 20} more decisions`)
  if (outcome) rows.push(`${STATUS_WORD[request.status]} · ${date(outcome.atMs)}`)
  else rows.push(`Expires · ${date(request.expiresAtMs)}`)
  if (consumed) rows.push(`Used · ${date(consumed.atMs)}`)
  if (completed) rows.push(`${completed.status === 'succeeded' ? 'Succeeded' : 'Failed'} · ${date(completed.atMs)}`)
  return `*Timeline*\n${rows.join('\n')}`
}

/** All of what is asked, uncut, in pages that a modal holds. */
export const reviewPages = (request: ApprovalRequest): Rich[][] => paginate(theAsk(request, WHOLE).flatMap(split))

/**
 * One page of a review. Pages follow each other by Next alone, and the yes stands on the last: whoever reaches it had
 * everything on her screen.
 *
 * @param from `page` from 0; beyond the last is the last.
 */
export function reviewView(request: ApprovalRequest, { channel, page }: From & { readonly page: number }): ModalView {
  const pages = reviewPages(request)
  const at = Math.min(Math.max(0, Math.trunc(page)), pages.length - 1)
  const isLast = at === pages.length - 1
  const isPending = request.status === 'pending'
  const buttons = [
    ...(isPending && isLast ? [approveReviewedButton(request)] : []),
    ...(isPending ? [denyButton(request)] : []),
    ...(at > 0 ? [backButton(request)] : []),
    ...(isLast ? [] : [nextButton(request)]),
  ]
  const where = `Page ${at + 1} of ${pages.length}`
  const hint = isPending && !isLast ? '. Approve stands on the last page.' : ''
  const state = isPending ? needed(request) : `*${STATUS_WORD[request.status]}*`
  return modal({
    callback: CALLBACK.review,
    title: 'Review the request',
    private_metadata: metadata(request, channel, at),
    blocks: [
      small(`*${where}*${hint}`, idLine(request)),
      ...(pages[at] ?? []),
      ...(isLast ? [ours(state)] : []),
      ...(buttons.length === 0 ? [] : [actions(...buttons)]),
    ],
  })
}

const modal = (view: {
  readonly callback: string
  readonly title: string
  readonly private_metadata: string
  readonly blocks: KnownBlock[]
}): ModalView => ({
  type: 'modal',
  callback_id: view.callback,
  private_metadata: view.private_metadata,
  title: plain(view.title, 24),
  close: plain('Close', 24),
  blocks: view.blocks,
})
