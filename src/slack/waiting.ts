import type { ApprovalRequest } from '../approval/request.ts'
import type { Audience } from './audience.ts'
import type { Room } from './parts.ts'

/** Open requests that are looked through for one person; newer first. */
const SCANNED = 200
const REVIEWS = 50

export interface Waiting {
  /** What waits for her. */
  readonly hers: readonly ApprovalRequest[]
  /** Other open requests that she may see. */
  readonly others: readonly ApprovalRequest[]
  /** True where there are more open requests than were looked through. */
  readonly more: boolean
}

/** The open requests that concern her. @throws DirectoryError as {@link Audience.awaits}. */
export async function waitingFor({ service }: Pick<Room, 'service'>, audience: Audience): Promise<Waiting> {
  const open = await service.reads.requests({ status: 'pending', limit: SCANNED })
  const hers: ApprovalRequest[] = []
  const others: ApprovalRequest[] = []
  for (const request of open) {
    if (await audience.awaits(request)) hers.push(request)
    else if (await audience.maySee(request)) others.push(request)
  }
  return { hers, others, more: open.length === SCANNED }
}

/** Open requests whose glass she could break. @throws DirectoryError as {@link Audience.awaits}. */
export async function breakableBy({ service }: Pick<Room, 'service'>, audience: Audience): Promise<ApprovalRequest[]> {
  const open = await service.reads.requests({ status: 'pending', limit: SCANNED })
  const hers: ApprovalRequest[] = []
  for (const request of open) {
    const isBarred = audience.standsBehind(request) && !request.policy.breakGlass?.self
    if (!isBarred && (await audience.mayBreakGlass(request))) hers.push(request)
  }
  return hers
}

/** Broken glass that she may review, the longest open first. @throws DirectoryError as {@link Audience.awaits}. */
export async function reviewsFor({ service }: Pick<Room, 'service'>, audience: Audience): Promise<ApprovalRequest[]> {
  const open = await service.reads.openReviews(REVIEWS)
  const hers: ApprovalRequest[] = []
  for (const request of open) if (await audience.mayReview(request)) hers.push(request)
  return hers
}
