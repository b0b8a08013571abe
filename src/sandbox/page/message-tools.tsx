import { useState } from 'preact/hooks'
import type { EphemeralMessage, SandboxMessage } from '../types.ts'
import { Icon } from './icons.tsx'
import { type Live, useLive } from './live.ts'
import { Menu, type MenuItem } from './menu.tsx'
import { messageHash } from './place.ts'
import { sentenceOf } from './sentence.ts'

interface ToolsProps {
  readonly live: Live
  readonly message: SandboxMessage | EphemeralMessage
  readonly ephemeral: boolean
  readonly openThread: ((ts: string) => void) | undefined
}

/** What one can do with a message: seen when the pointer or the focus is on it. */
export function MessageTools({ live, message, ephemeral, openThread }: ToolsProps) {
  const shortcuts = useLive(live, (state) => state.facts.shortcuts)
  const [said, setSaid] = useState('')
  const { channel, ts } = message
  const run = async (callbackId: string) => {
    const result = await live.do('message-shortcut', { channel, ts, callbackId }).catch(sentenceOf)
    setSaid(result.error ?? '')
  }
  const copy = (text: string, what: string) =>
    navigator.clipboard.writeText(text).then(
      () => setSaid(`${what} copied`),
      () => setSaid('The browser did not allow copying'),
    )
  const link = () => location.origin + location.pathname + messageHash(live.state.viewer, channel, ts)
  const items: readonly MenuItem[] = [
    ...shortcuts
      .filter((shortcut) => shortcut.type === 'message' && !ephemeral)
      .map((shortcut) => ({
        label: shortcut.name,
        detail: shortcut.description,
        run: () => void run(shortcut.callback_id),
      })),
    { label: 'Copy link', run: () => void copy(link(), 'Link') },
    { label: 'Copy timestamp', detail: ts, run: () => void copy(ts, 'Timestamp') },
  ]
  return (
    <div class="sb-tools">
      {said !== '' && <span role="status">{said}</span>}
      {!ephemeral && openThread && (
        <button
          type="button"
          class="sb-tool"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => openThread(ts)}
        >
          <Icon name="thread" />
        </button>
      )}
      <Menu label="More actions" icon="more" items={items} />
    </div>
  )
}
