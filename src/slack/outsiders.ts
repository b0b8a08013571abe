import { type Attempt, refusedDecision } from '../approval/recording.ts'
import { refuse } from '../approval/refusal.ts'
import { ACTION } from './cards/ids.ts'
import { inWords } from './failure.ts'
import type { Room } from './parts.ts'
import type { Click } from './payload.ts'
import type { Seen } from './seen.ts'
import { shownIn } from './shown.ts'

/** What the buttons set out to do; every other one of ours leads to a yes. */
const ATTEMPTS: ReadonlyMap<string, Attempt> = new Map([
  [ACTION.deny, 'deny'],
  [ACTION.withdraw, 'withdraw'],
  [ACTION.revoke, 'revoke'],
  [ACTION.breakGlass, 'break_glass'],
  [ACTION.signReview, 'review'],
])

/**
 * Keeps the attempt of somebody of another workspace as evidence (T11). The service is not asked: its directory speaks
 * for our workspace only. `noted` holds it to one entry a minute, so that clicking cannot flood the log.
 */
export async function noteOutsider(room: Room, click: Click, noted: Seen): Promise<void> {
  const shown = shownIn(click)
  const verdict = ATTEMPTS.get(click.actionId ?? '') ?? 'approve'
  const team = click.origin.teams.find((id) => id !== room.ours.teamId) ?? room.ours.teamId
  const actor = `slack:${team}:${click.userId}`
  if (!shown || !noted.isFirst(`${actor} ${shown.requestId}`)) return
  try {
    const request = await room.service.reads.request(shown.requestId)
    if (!request) return
    const said = { verdict, surface: 'slack', digestShown: shown.digestShown } as const
    await room.service.record(
      refusedDecision(request, said, { actor, source: 'slack' }, refuse('outsider'), room.now()),
    )
  } catch (error) {
    room.log.error({ actor, reason: inWords(error) }, 'an attempt from outside could not be kept as evidence')
  }
}
