import { type Digest, SHORT_DIGEST, shortDigest } from '../../approval/digest.ts'

/** What every button of ours is called in a payload. */
export const ACTION = {
  approve: 'countersign:approve',
  deny: 'countersign:deny',
  details: 'countersign:details',
  review: 'countersign:review',
  reviewBack: 'countersign:review_back',
  reviewNext: 'countersign:review_next',
  approveReviewed: 'countersign:approve_reviewed',
  withdraw: 'countersign:withdraw',
  revoke: 'countersign:revoke',
  breakGlass: 'countersign:break_glass',
  glassBack: 'countersign:glass_back',
  glassNext: 'countersign:glass_next',
  signReview: 'countersign:sign_review',
} as const

/** What every view of ours is called. */
export const CALLBACK = {
  details: 'countersign:details_view',
  review: 'countersign:review_view',
  denyReason: 'countersign:deny_reason',
  approveReason: 'countersign:approve_reason',
  breakGlass: 'countersign:break_glass_view',
  signReview: 'countersign:sign_review_view',
  home: 'countersign:home',
} as const

/** Where the reason stands in a submitted view: `state.values[block][action].value`. */
export const REASON_INPUT = { block: 'countersign:reason_block', action: 'countersign:reason' } as const
export const GLASS_INPUT = { block: 'countersign:glass_block', action: 'countersign:glass_reason' } as const
export const SURE_INPUT = { block: 'countersign:sure_block', action: 'countersign:sure', yes: 'yes' } as const
export const NOTE_INPUT = { block: 'countersign:note_block', action: 'countersign:note' } as const

/** What a button says of the request that was on the screen. */
export interface Shown {
  readonly requestId: string
  /** Hex digits, {@link SHORT_DIGEST} or more. */
  readonly digestShown: string
}

/** `req_…:<first hex digits of the payload digest>`: the click names what was seen, the store says what it is (B14, B42). */
export const buttonValue = (request: { readonly id: string; readonly payloadDigest: Digest }): string =>
  `${request.id}:${shortDigest(request.payloadDigest)}`

const VALUE = new RegExp(`^(req_[A-Za-z0-9_-]{1,80}):([0-9a-f]{${SHORT_DIGEST},64})$`)

/** Null for anything that {@link buttonValue} did not write. */
export function parseButtonValue(value: unknown): Shown | null {
  const [, requestId, digestShown] = (typeof value === 'string' && VALUE.exec(value)) || []
  return requestId === undefined || digestShown === undefined ? null : { requestId, digestShown }
}

/** Whether the digest that was on the screen is the stored one's beginning. {@link parseButtonValue} has seen to its length. */
export const matchesDigest = (request: { readonly payloadDigest: Digest }, digestShown: string): boolean =>
  request.payloadDigest.startsWith(`sha256:${digestShown}`)

/** What a view carries from its button to its submission. Slack keeps it; people cannot edit it, but it is parsed as if. */
export interface Metadata extends Shown {
  /** The channel of the card that was clicked; null where there was none (App Home). */
  readonly channel: string | null
  /** The page of a review, from 0. */
  readonly page: number
}

export function metadata(
  request: { readonly id: string; readonly payloadDigest: Digest },
  channel: string | null,
  page = 0,
): string {
  return JSON.stringify({ requestId: request.id, digestShown: shortDigest(request.payloadDigest), channel, page })
}

/** Null for anything that {@link metadata} did not write. */
export function parseMetadata(text: unknown): Metadata | null {
  const read = parsed(text)
  if (typeof read !== 'object' || read === null) return null
  const { requestId, digestShown, channel, page } = read as Record<string, unknown>
  const shown = parseButtonValue(`${requestId}:${digestShown}`)
  if (!shown || typeof page !== 'number' || !Number.isSafeInteger(page) || page < 0) return null
  if (channel === null) return { ...shown, channel, page }
  return typeof channel === 'string' && /^[CGD][A-Z0-9]{1,30}$/.test(channel) ? { ...shown, channel, page } : null
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null
  } catch {
    return null
  }
}
