import type { KnownBlock, ModalView } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { theAsk } from './ask.ts'
import { type Allowance, fitsView, fitting } from './budget.ts'
import { glassBackButton, glassNextButton } from './buttons.ts'
import { reviewPages } from './details.ts'
import { brokenGlass } from './glass.ts'
import { CALLBACK, GLASS_INPUT, metadata, NOTE_INPUT, SURE_INPUT } from './ids.ts'
import { needed } from './needed.ts'
import { split } from './pages.ts'
import { duration, idLine, ourWords } from './people.ts'
import { actions, ours, small } from './rich.ts'
import { plain } from './text.ts'

const REASON_MIN = 20
const TEXT_MAX = 2_000

interface At {
  /** Where it was opened from; null where there is no card. */
  readonly channel: string | null
  readonly page: number
}

/**
 * The emergency way: all of what is asked, page by page, and on the last page alone the reason and the button. One person's
 * yes for everybody needs at least as much to be seen as anybody's.
 */
export function breakGlassView(request: ApprovalRequest, { channel, page }: At): ModalView {
  const pages = reviewPages(request)
  const at = Math.min(Math.max(0, Math.trunc(page)), pages.length - 1)
  const isLast = at === pages.length - 1
  const turns = [...(at > 0 ? [glassBackButton(request)] : []), ...(isLast ? [] : [glassNextButton(request)])]
  return {
    type: 'modal',
    callback_id: CALLBACK.breakGlass,
    private_metadata: metadata(request, channel, at),
    title: plain('Break the glass', 24),
    close: plain('Go back', 24),
    ...(isLast ? { submit: plain('Break the glass', 24) } : {}),
    blocks: [
      ours(warning(request)),
      small(
        `*Page ${at + 1} of ${pages.length}*${isLast ? '' : '. The button stands on the last page.'}`,
        idLine(request),
      ),
      ...(pages[at] ?? []),
      ...(turns.length === 0 ? [] : [actions(...turns)]),
      ...(isLast ? [ours(needed(request)), ...REASON] : []),
    ],
  }
}

function warning({ policy }: ApprovalRequest): string {
  const way = policy.breakGlass
  const from = way ? ` It takes somebody of *${ourWords(way.from, 80)}*.` : ''
  const until = way ? ` The yes is good for ${duration(way.grantTtlMs)} at most.` : ''
  return `:rotating_light: *Only where it cannot wait.* You alone approve this.${from}${until} Everybody who should have been asked is told at once, and somebody else must sign a review of what you did.`
}

const REASON: readonly KnownBlock[] = [
  {
    type: 'input',
    block_id: GLASS_INPUT.block,
    label: plain('Why can it not wait?', 150),
    hint: plain('At least 20 characters and three different words. Told to everybody, kept in the audit log.', 150),
    element: {
      type: 'plain_text_input',
      action_id: GLASS_INPUT.action,
      multiline: true,
      min_length: REASON_MIN,
      max_length: TEXT_MAX,
    },
  },
  {
    type: 'input',
    block_id: SURE_INPUT.block,
    label: plain('Are you sure?', 150),
    element: {
      type: 'checkboxes',
      action_id: SURE_INPUT.action,
      options: [{ text: plain('Yes: I break the glass on exactly this', 75), value: SURE_INPUT.yes }],
    },
  },
]

const LESSER: readonly Allowance[] = [
  { line: 4_000, params: 40_000, reason: 4_000, long: 10_000, lines: 2_000, items: 100 },
  { line: 1_000, params: 10_000, reason: 1_000, long: 3_000, lines: 500, items: 20 },
  { line: 200, params: 2_000, reason: 200, long: 500, lines: 50, items: 10 },
]

/** The review afterwards: what was done and why, and a note of whoever looked at it. */
export function signReviewView(request: ApprovalRequest, { channel }: Pick<At, 'channel'>): ModalView {
  const render = (allowance: Allowance): KnownBlock[] => [
    ...brokenGlass(request, allowance),
    ...theAsk(request, allowance).flatMap(split),
    small(idLine(request)),
    {
      type: 'input',
      block_id: NOTE_INPUT.block,
      label: plain('What did you find?', 150),
      hint: plain('Kept in the audit log and shown on the card, with your name.', 150),
      element: { type: 'plain_text_input', action_id: NOTE_INPUT.action, multiline: true, max_length: TEXT_MAX },
    },
  ]
  return {
    type: 'modal',
    callback_id: CALLBACK.signReview,
    private_metadata: metadata(request, channel),
    title: plain('Review broken glass', 24),
    submit: plain('Sign the review', 24),
    close: plain('Go back', 24),
    blocks: fitting(render, fitsView, LESSER).blocks,
  }
}
