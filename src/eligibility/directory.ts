import type { Member } from '../approval/principal.ts'

/**
 * Who somebody is in Slack at this moment. Answers are at most a minute old; what cannot be read throws
 * {@link DirectoryError}, and then nobody is counted (INV7).
 */
export interface Directory {
  /** Null where Slack knows no such user. */
  member(userId: string): Promise<Member | null>
  /** Whose address this is in Slack now; null where it is nobody's. */
  memberByEmail(address: string): Promise<Member | null>
  /** Slack user ids of a user group; a disabled or unknown group is empty. */
  groupMembers(usergroupId: string): Promise<{ readonly users: readonly string[]; readonly readAtMs: number }>
  /** True where people of other organisations can read the channel. */
  isExternal(channelId: string): Promise<boolean>
}

/** Slack did not tell who somebody is. The message is for the log. */
export class DirectoryError extends Error {
  override name = 'DirectoryError'
}
