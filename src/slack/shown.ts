import { type Metadata, parseButtonValue, parseMetadata } from './cards/ids.ts'
import type { Click } from './payload.ts'

/**
 * What was on the screen when she clicked. In a modal the view says it and the button must agree, so that no button of
 * one request counts for what another one's window showed (B42). Null for anything that we did not write.
 */
export function shownIn(click: Click): Metadata | null {
  const button = parseButtonValue(click.value)
  if (click.view?.type !== 'modal') return button && { ...button, channel: channelOf(click), page: 0 }
  const view = parseMetadata(click.view.privateMetadata)
  return view && button?.requestId === view.requestId && button.digestShown === view.digestShown ? view : null
}

/**
 * The channel in which others see what she clicked; null where only she sees it: in Home, in an answer to a command, and
 * in the windows that were opened from there.
 */
export function channelOf({ message, view }: Click): string | null {
  if (message) return message.isEphemeral ? null : message.channel
  return view?.type === 'modal' ? (parseMetadata(view.privateMetadata)?.channel ?? null) : null
}
