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

export const approveButton = (request: ApprovalRequest): Button => yes(request, ACTION.approve)
/** Stands only where the last page of a review is on the screen. */
export const approveReviewedButton = (request: ApprovalRequest): Button => yes(request, ACTION.approveReviewed)
export const denyButton = (request: ApprovalRequest): Button => button(request, 'Deny', ACTION.deny, 'danger')
export const detailsButton = (request: ApprovalRequest): Button => button(request, 'Details', ACTION.details)
export const reviewButton = (request: ApprovalRequest): Button => button(request, 'Review', ACTION.review, 'primary')
export const nextButton = (request: ApprovalRequest): Button => button(request, 'Next page', ACTION.reviewNext)
export const backButton = (request: ApprovalRequest): Button => button(request, 'Previous page', ACTION.reviewBack)
