import type { ModalView } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { CALLBACK, metadata, REASON_INPUT } from './ids.ts'
import { confirmation } from './people.ts'
import { plain } from './text.ts'

/** Slack's own ceiling is 3,000; ours leaves room for it on the card. */
const REASON_MAX = 2_000

interface Asking {
  readonly reasonRequired: boolean
  /** Where the card was clicked; null in App Home. */
  readonly channel: string | null
}

/** Asks why not. */
export const denyView = (request: ApprovalRequest, { reasonRequired, channel }: Asking): ModalView =>
  reasonView(request, channel, {
    callback: CALLBACK.denyReason,
    title: 'Deny this request',
    submit: 'Deny',
    label: 'Why not?',
    isOptional: !reasonRequired,
  })

/** Asks why, where the policy wants a reason with every yes. */
export const approveReasonView = (request: ApprovalRequest, { channel }: Pick<Asking, 'channel'>): ModalView =>
  reasonView(request, channel, {
    callback: CALLBACK.approveReason,
    title: 'Approve this request',
    submit: 'Approve',
    label: 'Why is this fine?',
    isOptional: false,
  })

interface Wording {
  readonly callback: string
  readonly title: string
  readonly submit: string
  readonly label: string
  readonly isOptional: boolean
}

const reasonView = (request: ApprovalRequest, channel: string | null, wording: Wording): ModalView => ({
  type: 'modal',
  callback_id: wording.callback,
  private_metadata: metadata(request, channel),
  title: plain(wording.title, 24),
  submit: plain(wording.submit, 24),
  close: plain('Go back', 24),
  blocks: [
    { type: 'section', text: plain(confirmation(request), 400) },
    {
      type: 'input',
      block_id: REASON_INPUT.block,
      label: plain(wording.label, 150),
      hint: plain('Kept in the audit log, shown on the card and told to the asker.', 150),
      optional: wording.isOptional,
      element: { type: 'plain_text_input', action_id: REASON_INPUT.action, multiline: true, max_length: REASON_MAX },
    },
  ],
})
