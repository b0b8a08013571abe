import type { Button } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { ACTION, buttonValue } from './ids.ts'
import { confirmation } from './people.ts'
import { plain } from './text.ts'

type Pressed = (typeof ACTION)[keyof typeof ACTION]

const button = (request: ApprovalRequest, label: string, action: Pressed, style?: 'primary' | 'danger'): Button => ({
  type: 'button',
  text: plain(label, 75),
  action_id: action,
  value: buttonValue(request),
  ...(style ? { style } : {}),
})

/** The yes, behind a dialog that says once more what to. */
const yes = (request: ApprovalRequest, action: Pressed): Button => ({
  ...button(request, 'Approve', action, 'primary'),
  confirm: {
    title: plain('Approve this?', 100),
    text: plain(confirmation(request), 300),
    confirm: plain('Approve', 30),
    deny: plain('Go back', 30),
  },
})

/** One that cannot be undone by the same person, behind a dialog in red. */
const dangerous = (request: ApprovalRequest, label: string, action: Pressed, title: string): Button => ({
  ...button(request, label, action, 'danger'),
  confirm: {
    title: plain(title, 100),
    text: plain(confirmation(request), 300),
    confirm: plain(label, 30),
    deny: plain('Go back', 30),
    style: 'danger',
  },
})

export const approveButton = (request: ApprovalRequest): Button => yes(request, ACTION.approve)
/** Stands only where the last page of a review is on the screen. */
export const approveReviewedButton = (request: ApprovalRequest): Button => yes(request, ACTION.approveReviewed)
export const denyButton = (request: ApprovalRequest): Button => button(request, 'Deny', ACTION.deny, 'danger')
export const detailsButton = (request: ApprovalRequest): Button => button(request, 'Details', ACTION.details)
export const reviewButton = (request: ApprovalRequest): Button => button(request, 'Review', ACTION.review, 'primary')
export const nextButton = (request: ApprovalRequest): Button => button(request, 'Next page', ACTION.reviewNext)
export const backButton = (request: ApprovalRequest): Button => button(request, 'Previous page', ACTION.reviewBack)
/** For whoever has voted; where the request is open. */
export const withdrawButton = (request: ApprovalRequest): Button =>
  button(request, 'Take back my vote', ACTION.withdraw)
/** For whoever may: in an answer that she alone sees, never on a card. */
export const revokeButton = (request: ApprovalRequest): Button =>
  dangerous(request, 'Revoke', ACTION.revoke, 'Revoke this approval?')
export const breakGlassButton = (request: ApprovalRequest): Button =>
  button(request, 'Break the glass', ACTION.breakGlass, 'danger')
export const glassNextButton = (request: ApprovalRequest): Button => button(request, 'Next page', ACTION.glassNext)
export const glassBackButton = (request: ApprovalRequest): Button => button(request, 'Previous page', ACTION.glassBack)
export const signReviewButton = (request: ApprovalRequest): Button =>
  button(request, 'Sign the review', ACTION.signReview, 'primary')
