import type { KnownBlock } from '@slack/types'
import type { Pause } from '../../approval/pause.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { breakGlassButton, detailsButton, revokeButton, signReviewButton } from './buttons.ts'
import { card } from './card.ts'
import { inOneLine, whenOf } from './in-one-line.ts'
import { pausedBlocks } from './orders.ts'
import { idLine } from './people.ts'
import { actions, ours, type Rendered, small } from './rich.ts'

/** Three blocks each; a message may have fifty, and ours stays under forty. */
const SHOWN = 10
/** Of two lists in one answer. */
const SHOWN_OF_EACH = 5

interface Listed {
  readonly title: string
  readonly none: string
  readonly requests: readonly ApprovalRequest[]
  /** True where there are more than are given. */
  readonly more?: boolean
}

/** What waits for an answer. @param more true where more wait than are given. */
export function pendingList(requests: readonly ApprovalRequest[], more = false, pause: Pause | null = null): Rendered {
  const { text, blocks } = list({
    title: 'Waiting for an answer',
    none: 'Nothing waits for an answer.',
    requests,
    more,
  })
  return pause ? { text: `Paused. ${text}`, blocks: [...pausedBlocks(pause), ...blocks] } : { text, blocks }
}

/** What this person asked for, or somebody asked on her behalf. */
export const mineList = (requests: readonly ApprovalRequest[]): Rendered =>
  list({ title: 'You asked', none: 'You asked for nothing yet.', requests })

/** What has ended lately, for admins. */
export const historyList = (requests: readonly ApprovalRequest[]): Rendered =>
  list({ title: 'Ended lately', none: 'Nothing has ended yet.', requests })

function list({ title, none, requests, more = false }: Listed): Rendered {
  if (requests.length === 0) return sentence(none)
  const isMore = more || requests.length > SHOWN
  return {
    text: `${title}: ${Math.min(requests.length, SHOWN)}${isMore ? ' and more' : ''}`,
    blocks: [
      ours(`*${title}*`),
      ...requests.slice(0, SHOWN).flatMap((request) => item(request, detailsButton)),
      ...(isMore ? [small('There are more. `/approvals show ID` shows any one of them.')] : []),
    ],
  }
}

const item = (request: ApprovalRequest, button: typeof detailsButton): KnownBlock[] => [
  inOneLine(request),
  small(whenOf(request), idLine(request)),
  actions(button(request)),
]

/** What she could break the glass on, and what others broke that she may review. */
export function glassList(breakable: readonly ApprovalRequest[], reviews: readonly ApprovalRequest[]): Rendered {
  if (breakable.length + reviews.length === 0) {
    return sentence('There is no glass that you could break, and no review that waits for you.')
  }
  const part = (title: string, requests: readonly ApprovalRequest[], button: typeof detailsButton): KnownBlock[] =>
    requests.length === 0
      ? []
      : [
          ours(`*${title}*`),
          ...requests.slice(0, SHOWN_OF_EACH).flatMap((request) => item(request, button)),
          ...(requests.length > SHOWN_OF_EACH ? [small(`and ${requests.length - SHOWN_OF_EACH} more`)] : []),
        ]
  return {
    text: `Open reviews: ${reviews.length}. Requests whose glass you could break: ${breakable.length}.`,
    blocks: [
      ...part('Broken glass that waits for a review', reviews, signReviewButton),
      ...part('Only where it cannot wait: you could break the glass on', breakable, breakGlassButton),
    ],
  }
}

/**
 * One request as its card shows it; a closed one with a button to its details, which the card itself no longer has, and,
 * for whoever may, one that takes its yes back.
 */
export function showOne(
  request: ApprovalRequest,
  { mayRevoke = false }: { readonly mayRevoke?: boolean } = {},
): Rendered {
  const { text, blocks } = card(request)
  if (request.status === 'pending') return { text, blocks }
  return {
    text,
    blocks: [...blocks, actions(detailsButton(request), ...(mayRevoke ? [revokeButton(request)] : []))],
  }
}

/** One answer in our own words (mrkdwn). */
const sentence = (text: string): Rendered => ({ text, blocks: [ours(text)] })
