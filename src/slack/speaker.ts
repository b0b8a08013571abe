import type { Speaker } from '../eligibility.ts'
import type { Room } from './parts.ts'

/**
 * A person at our door, as the service wants to know her.
 * @param channel where others see what she speaks of; null where only she does.
 */
export const speaker = ({ ours }: Pick<Room, 'ours'>, userId: string, channel: string | null): Speaker => ({
  surface: 'slack',
  teamId: ours.teamId,
  userId,
  channel,
})
