import type { KnownBlock } from '@slack/types'
import { type Delegation, isActive } from '../../approval/delegation.ts'
import type { Pause } from '../../approval/pause.ts'
import { date, ourWords, person } from './people.ts'
import { line, ours, quote, rich, word } from './rich.ts'
import { escapeMrkdwn, inert, inertLine } from './text.ts'

/** What people have ordered: for everybody (a pause) or for themselves (a delegation). */

/** A section of so many lines with the longest ids stays under Slack's 3,000 characters. */
const DELEGATIONS = 8
const REASON = 600

const MEANS =
  'Nothing is approved and no approval is used until an admin resumes. A deny still counts, and so does taking a vote back.'

/** Who paused everything, since when and why: the reason as the text it is. */
export const pausedBlocks = ({ by, reason, atMs }: Pause): KnownBlock[] => [
  ours(`:double_vertical_bar: *Paused* by ${person(by)} since ${date(atMs)}. ${MEANS}`),
  ...(reason === null ? [] : [rich(line(word('Reason', 'bold')), quote(word(inert(reason, REASON, 6))))]),
]

/** The same in one line, for where no blocks are shown. */
export const pausedSentence = ({ by, reason, atMs }: Pause): string =>
  `Paused by ${person(by)} since ${date(atMs)}${reason === null ? '' : `: ${escapeMrkdwn(inertLine(reason, REASON))}`}. ${MEANS}`

/** One delegation as either of the two, or an admin, reads it. */
export function delegationLine(delegation: Delegation, nowMs: number): string {
  const { id, from, to, startsAtMs, endsAtMs, createdBy } = delegation
  const start = isActive(delegation, nowMs) ? '' : `from ${date(startsAtMs)} `
  const by = createdBy === from ? '' : `, written by ${person(createdBy)}`
  return `${person(to)} for ${person(from)} ${start}until ${date(endsAtMs)}${by} · \`${ourWords(id, 60)}\``
}

/** Those that she gave, those that she got, and, for an admin, everybody else's: a text for each kind that there are any of. */
export function delegationTexts(
  all: readonly Delegation[],
  who: { readonly userId: string; readonly isAdmin: boolean },
  nowMs: number,
): string[] {
  const isHers = ({ from, to }: Delegation) => from === who.userId || to === who.userId
  return [
    ...text(
      'You have delegated',
      all.filter(({ from }) => from === who.userId),
      nowMs,
    ),
    ...text(
      'You stand in for others',
      all.filter((each) => isHers(each) && each.from !== who.userId),
      nowMs,
    ),
    ...(who.isAdmin
      ? text(
          'Delegations of others',
          all.filter((each) => !isHers(each)),
          nowMs,
        )
      : []),
  ]
}

function text(title: string, delegations: readonly Delegation[], nowMs: number): string[] {
  if (delegations.length === 0) return []
  const shown = delegations.slice(0, DELEGATIONS).map((each) => `• ${delegationLine(each, nowMs)}`)
  const more = delegations.length > shown.length ? [`and ${delegations.length - shown.length} more`] : []
  return [[`*${title}*`, ...shown, ...more].join('\n')]
}
