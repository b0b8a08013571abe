import type { HomeView, KnownBlock } from '@slack/types'
import { type ApprovalRequest, isOverdue } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { textLength, WHOLE } from './budget.ts'
import { approveButton, denyButton, detailsButton, reviewButton } from './buttons.ts'
import { STATUS_WORD } from './ending.ts'
import { CALLBACK } from './ids.ts'
import { date, idLine, needed, summary } from './people.ts'
import { actions, line, ours, rich, small, word } from './rich.ts'
import { inertLine, plain } from './text.ts'

/** Of each kind so many that all with the most blocks each stay under eighty: 5 × (6 + 4) + 8 × 3 + 6. */
const WAITING = 5
const MINE = 8
/** An ask of at most this much text, in this many blocks, stands here whole, and so can be approved here. */
const WHOLE_HERE = { text: 900, blocks: 6 }

export interface HomeContent {
  readonly waiting: readonly ApprovalRequest[]
  readonly mine: readonly ApprovalRequest[]
  readonly nowMs: number
  /** True where more wait than are given. */
  readonly more: boolean
}

/** What one person finds in the app's Home tab. */
export function homeView({ waiting, mine, nowMs, more }: HomeContent): HomeView {
  const open = waiting.filter((request) => request.status === 'pending' && !isOverdue(request, nowMs))
  const shown = open.slice(0, WAITING)
  const isMore = more || open.length > shown.length
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain('Waiting for you', 150) },
    ...(shown.length === 0 ? [ours('Nothing waits for you.')] : apart(shown.map(waitingItem))),
    ...(isMore ? [small('More are waiting: `/approvals pending` lists them.')] : []),
    DIVIDER,
    { type: 'header', text: plain('You asked', 150) },
    ...(mine.length === 0 ? [ours('You asked for nothing yet.')] : mine.slice(0, MINE).flatMap(askedItem)),
    ...(mine.length > MINE ? [small('Older ones: `/approvals mine`.')] : []),
    small(`As of ${date(nowMs)}`),
  ]
  return { type: 'home', callback_id: CALLBACK.home, blocks }
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

/** Status, what is asked, and by which client. */
export const inOneLine = (request: ApprovalRequest): KnownBlock =>
  rich(
    line(
      word(`${STATUS_WORD[request.status]}: `, 'bold'),
      word(summary(request, 300), 'code'),
      word(`, asked by ${inertLine(request.client.name, 120)}`),
    ),
  )

export const whenOf = (request: ApprovalRequest): string =>
  request.outcome
    ? `${STATUS_WORD[request.status]} ${date(request.outcome.atMs)}`
    : `Expires ${date(request.expiresAtMs)}`
