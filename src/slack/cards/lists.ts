import type { KnownBlock } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { detailsButton } from './buttons.ts'
import { card } from './card.ts'
import { inOneLine, whenOf } from './home.ts'
import { idLine } from './people.ts'
import { actions, ours, type Rendered, small } from './rich.ts'

/** Three blocks each; a message may have fifty, and ours stays under forty. */
const SHOWN = 10

/** What waits for an answer. @param more true where more wait than are given. */
export const pendingList = (requests: readonly ApprovalRequest[], more = false): Rendered =>
  list('Waiting for an answer', 'Nothing waits for an answer.', requests, more)

/** What this person asked for, or somebody asked on her behalf. */
export const mineList = (requests: readonly ApprovalRequest[], more = false): Rendered =>
  list('You asked', 'You asked for nothing yet.', requests, more)

function list(title: string, none: string, requests: readonly ApprovalRequest[], more: boolean): Rendered {
  if (requests.length === 0) return sentence(none)
  const isMore = more || requests.length > SHOWN
  return {
    text: `${title}: ${Math.min(requests.length, SHOWN)}${isMore ? ' and more' : ''}`,
    blocks: [
      ours(`*${title}*`),
      ...requests.slice(0, SHOWN).flatMap(item),
      ...(isMore ? [small('There are more. `/approvals show ID` shows any one of them.')] : []),
    ],
  }
}

const item = (request: ApprovalRequest): KnownBlock[] => [
  inOneLine(request),
  small(whenOf(request), idLine(request)),
  actions(detailsButton(request)),
]

/** One request as its card shows it; a closed one with a button to its details, which the card itself no longer has. */
export function showOne(request: ApprovalRequest): Rendered {
  const { text, blocks } = card(request)
  return { text, blocks: request.status === 'pending' ? blocks : [...blocks, actions(detailsButton(request))] }
}

const HELP: readonly (readonly [usage: string, does: string])[] = [
  ['/approvals', 'what waits for an answer'],
  ['/approvals pending', 'the same'],
  ['/approvals mine', 'what you asked for, or somebody asked on your behalf'],
  ['/approvals show ID', 'one request, with its buttons while it is open'],
  ['/approvals help', 'this'],
]

export const helpText = (): Rendered =>
  sentence(
    `*Countersign*: no privileged action runs without a countersign.\n${HELP.map(([usage, does]) => `\`${usage}\`: ${does}`).join('\n')}`,
  )

/** One answer in our own words (mrkdwn). */
const sentence = (text: string): Rendered => ({ text, blocks: [ours(text)] })
