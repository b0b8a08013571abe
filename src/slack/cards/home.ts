import type { HomeView, KnownBlock } from '@slack/types'
import type { Delegation } from '../../approval/delegation.ts'
import type { Pause } from '../../approval/pause.ts'
import { type ApprovalRequest, isOverdue } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { textLength, WHOLE } from './budget.ts'
import { approveButton, denyButton, detailsButton, reviewButton, signReviewButton } from './buttons.ts'
import { CALLBACK } from './ids.ts'
import { inOneLine, whenOf } from './in-one-line.ts'
import { needed } from './needed.ts'
import { delegationTexts, pausedBlocks } from './orders.ts'
import { date, idLine } from './people.ts'
import { actions, ours, small } from './rich.ts'
import { plain } from './text.ts'

/**
 * Of each kind so many that all with the most blocks each stay under eighty: 4 × (6 + 4) + 6 × 3 + 3 × 3 + 6, two for a
 * pause, two for delegations, one for the title of the reviews.
 */
const WAITING = 4
const MINE = 6
const REVIEWS = 3
/** An ask of at most this much text, in this many blocks, stands here whole, and so can be approved here. */
const WHOLE_HERE = { text: 900, blocks: 6 }

export interface HomeContent {
  readonly userId: string
  readonly waiting: readonly ApprovalRequest[]
  readonly mine: readonly ApprovalRequest[]
  /** Broken glass that nobody has reviewed yet and that she may. */
  readonly reviews: readonly ApprovalRequest[]
  readonly pause: Pause | null
  /** Everybody's, active or to come. */
  readonly delegations: readonly Delegation[]
  readonly nowMs: number
  /** True where more wait than are given. */
  readonly more: boolean
}

/** What one person finds in the app's Home tab. */
export function homeView(content: HomeContent): HomeView {
  const { waiting, mine, nowMs, more, pause } = content
  const open = waiting.filter((request) => request.status === 'pending' && !isOverdue(request, nowMs))
  const shown = open.slice(0, WAITING)
  const isMore = more || open.length > shown.length
  const blocks: KnownBlock[] = [
    ...(pause ? pausedBlocks(pause) : []),
    ...reviews(content.reviews),
    { type: 'header', text: plain('Waiting for you', 150) },
    ...(shown.length === 0 ? [ours('Nothing waits for you.')] : apart(shown.map(waitingItem))),
    ...(isMore ? [small('More are waiting: `/approvals pending` lists them.')] : []),
    ...delegationTexts(content.delegations, { userId: content.userId, isAdmin: false }, nowMs).map(ours),
    DIVIDER,
    { type: 'header', text: plain('You asked', 150) },
    ...(mine.length === 0 ? [ours('You asked for nothing yet.')] : mine.slice(0, MINE).flatMap(askedItem)),
    ...(mine.length > MINE ? [small('Older ones: `/approvals mine`.')] : []),
    small(`As of ${date(nowMs)}`),
  ]
  return { type: 'home', callback_id: CALLBACK.home, blocks }
}

function reviews(open: readonly ApprovalRequest[]): KnownBlock[] {
  if (open.length === 0) return []
  return [
    { type: 'header', text: plain('Broken glass to review', 150) },
    ...open
      .slice(0, REVIEWS)
      .flatMap((request) => [
        inOneLine(request),
        small(whenOf(request), idLine(request)),
        actions(signReviewButton(request)),
      ]),
  ]
}

/** What stands here whole can be approved here; of anything longer the yes is at the end of its review. */
function waitingItem(request: ApprovalRequest): KnownBlock[] {
  const whole = theAsk(request, WHOLE)
  const fits = textLength(whole) <= WHOLE_HERE.text && whole.length <= WHOLE_HERE.blocks
  return [
    ...(fits ? whole : [inOneLine(request)]),
    ours(needed(request)),
    small(`Expires ${date(request.expiresAtMs)}`, idLine(request)),
    actions(fits ? approveButton(request) : reviewButton(request), denyButton(request), detailsButton(request)),
  ]
}

const DIVIDER: KnownBlock = { type: 'divider' }
const apart = (items: readonly KnownBlock[][]): KnownBlock[] =>
  items.flatMap((item, i) => (i === 0 ? item : [DIVIDER, ...item]))

const askedItem = (request: ApprovalRequest): KnownBlock[] => [
  inOneLine(request),
  small(whenOf(request), idLine(request)),
  actions(detailsButton(request)),
]
