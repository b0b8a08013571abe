import type { KnownBlock, ModalView } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { type Allowance, fitsView, fitting, WHOLE } from './budget.ts'
import { approveReviewedButton, backButton, denyButton, nextButton, reviewButton, withdrawButton } from './buttons.ts'
import { ending, reasons, statusWord } from './ending.ts'
import { CALLBACK, metadata } from './ids.ts'
import { needed } from './needed.ts'
import { paginate, split } from './pages.ts'
import { date, idLine, person } from './people.ts'
import { actions, line, ours, type Rich, rich, small, word } from './rich.ts'
import { inertLine, plain } from './text.ts'
import { takenBack, voter } from './votes.ts'

const LESSER: readonly Allowance[] = [
  { line: 4_000, params: 40_000, reason: 4_000, long: 10_000, lines: 2_000, items: 100 },
  { line: 1_000, params: 10_000, reason: 1_000, long: 3_000, lines: 500, items: 20 },
  { line: 200, params: 2_000, reason: 200, long: 500, lines: 50, items: 10 },
]

/** The channel of the card that was clicked; null where there was none (App Home). */
interface From {
  readonly channel: string | null
}

interface Looking extends From {
  /** She has voted and may take it back. */
  readonly mayWithdraw?: boolean
}

/** Everything about a request in one window; for an ask too large for that, what fits and the way to the rest. */
export function detailsView(request: ApprovalRequest, { channel, mayWithdraw = false }: Looking): ModalView {
  const draft = fitting((allowance) => detailsBlocks(request, allowance, mayWithdraw), fitsView, LESSER)
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

const detailsBlocks = (request: ApprovalRequest, allowance: Allowance, mayWithdraw: boolean): KnownBlock[] =>
  [
    ...theAsk(request, allowance).flatMap(split),
    { type: 'divider' },
    ...(request.status === 'pending'
      ? [ours(needed(request)), ...reasons(request, allowance).flatMap(split)]
      : ending(request, allowance).flatMap((block): KnownBlock[] =>
          block.type === 'section' ? [block] : split(block),
        )),
    ...rules(request, allowance).flatMap(split),
    ours(timeline(request)),
    small(idLine(request)),
    ...(mayWithdraw && request.status === 'pending' ? [actions(withdrawButton(request))] : []),
  ] satisfies KnownBlock[]

/** Which rules applied, by the policy that was pinned when the request was opened. */
function rules({ policy }: ApprovalRequest, allowance: Allowance): Rich[] {
  const shown = policy.rules.slice(0, allowance.items).map((id) => inertLine(id, allowance.line))
  const names = shown.length === 0 ? 'no rule matched' : shown.join(', ')
  return [rich(line(word('Policy: ', 'bold'), word(`${names} (${policy.effect}), ${policy.digest}`)))]
}

function timeline(request: ApprovalRequest): string {
  const { decisions, outcome, consumed, completed, brokenGlass } = request
  const rows = [`Asked · ${date(request.createdAtMs)}`]
  const back = new Set(takenBack(request))
  for (const decision of decisions.slice(0, DECISIONS)) {
    const words = `${VERDICT[decision.verdict]} by ${voter(decision)}`
    rows.push(`${back.has(decision) ? `~${words}~` : words} · ${date(decision.decidedAtMs)}`)
  }
  if (decisions.length > DECISIONS) rows.push(`and ${decisions.length - DECISIONS} more decisions`)
  if (outcome) rows.push(`${statusWord(request)} · ${date(outcome.atMs)}`)
  else rows.push(`Expires · ${date(request.expiresAtMs)}`)
  if (consumed) rows.push(`Used · ${date(consumed.atMs)}`)
  if (completed) rows.push(`${completed.status === 'succeeded' ? 'Succeeded' : 'Failed'} · ${date(completed.atMs)}`)
  if (brokenGlass?.review)
    rows.push(`Reviewed by ${person(brokenGlass.review.userId)} · ${date(brokenGlass.review.atMs)}`)
  return `*Timeline*\n${rows.join('\n')}`
}

/** So many with the longest ids stay under a text's 3,000 characters. */
const DECISIONS = 14
const VERDICT = { approve: 'Approved', deny: 'Denied', withdraw: 'Taken back' } as const

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
  const state = isPending ? needed(request) : `*${statusWord(request)}*`
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
