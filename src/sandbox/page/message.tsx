import { useMemo } from 'preact/hooks'
import type { EphemeralMessage, SandboxMessage } from '../types.ts'
import type { WorkspaceFacts } from '../wire.ts'
import { AppAvatar, Avatar } from './avatar.tsx'
import { Blocks, Mrkdwn, type On } from './block-kit/index.ts'
import { ago, fullTimeOf, timeOf } from './days.ts'
import { Fold } from './fold.tsx'
import { Guarded } from './guarded.tsx'
import { Icon } from './icons.tsx'
import type { Live } from './live.ts'
import { MessageTools } from './message-tools.tsx'
import { useNear } from './near.ts'
import { displayName, personOf, roleOf } from './people.ts'
import { messageHash } from './place.ts'
import { sentenceOf } from './sentence.ts'
import { still } from './still.ts'

export interface MessageProps {
  readonly live: Live
  readonly facts: WorkspaceFacts
  readonly viewer: string
  readonly message: SandboxMessage | EphemeralMessage
  readonly ephemeral: boolean
  /** By the same author, soon after the one above: without name and picture. */
  readonly follows: boolean
  readonly replies: number
  readonly lastReply: string
  /** A link led here. */
  readonly marked: boolean
  /** Absent inside of a thread. */
  readonly openThread: ((ts: string) => void) | undefined
}

/** One message. It renders again only when it, or what it says of itself, has changed. */
export const Message = still(function Message(props: MessageProps) {
  const { live, facts, viewer, message, ephemeral, marked } = props
  const { near, watch } = useNear()
  const on = useOn(props)
  const author = authorOf(facts, message)
  return (
    <article
      class={`sb-message ${props.follows ? 'sb-follows' : ''} ${ephemeral ? 'sb-ephemeral' : ''} ${marked ? 'sb-marked' : ''}`}
      data-ts={message.ts}
      data-channel={message.channel}
      aria-label={`${author.name}, ${timeOf(message.ts)}${ephemeral ? ', only visible to you' : ''}`}
      tabIndex={-1}
      {...watch}
    >
      {props.follows ? null : author.app ? <AppAvatar /> : <Avatar id={author.id} name={author.name} />}
      <div class="sb-message-body">
        {ephemeral && (
          <p class="sb-only-you">
            <Icon name="eye" /> Only visible to you
          </p>
        )}
        <p class={props.follows ? 'sb-byline-short' : 'sb-byline'}>
          {!props.follows && <Byline {...author} />}
          <a class="sb-time" href={messageHash(viewer, message.channel, message.ts)} title={fullTimeOf(message.ts)}>
            {timeOf(message.ts)}
          </a>
        </p>
        <Guarded of={message}>
          {message.blocks.length > 0 ? (
            <Blocks blocks={message.blocks} on={on} />
          ) : (
            <Fold>
              <Mrkdwn text={message.text} facts={facts} now={on.now} />
            </Fold>
          )}
        </Guarded>
        {isEdited(message) && <span class="sb-edited">(edited)</span>}
        <Replies {...props} now={on.now} />
      </div>
      {near && <MessageTools live={live} message={message} ephemeral={ephemeral} openThread={props.openThread} />}
    </article>
  )
})

/** Elements say themselves what went wrong with them. */
function useOn({ live, facts, viewer, message }: MessageProps): On {
  const { channel, ts } = message
  return useMemo(
    () => ({
      facts,
      viewer,
      now: () => Date.now() + live.state.clockSkewMs,
      act: (deed) => live.do('click', { channel, ts, ...deed }).catch(sentenceOf),
      suggest: (asked) => live.do('suggest', { channel, ts, ...asked }),
    }),
    [live, facts, viewer, channel, ts],
  )
}

interface Author {
  readonly id: string
  readonly name: string
  readonly app: boolean
  readonly note: string
}

function authorOf(facts: WorkspaceFacts, message: SandboxMessage | EphemeralMessage): Author {
  const id = 'user' in message ? message.user : facts.app.botUserId
  const person = personOf(facts, id)
  if (id === facts.app.botUserId) return { id, name: facts.app.name, app: true, note: '' }
  if (!person) return { id, name: id, app: false, note: '' }
  const note = ['member', 'admin', 'owner'].includes(roleOf(person)) ? '' : roleOf(person)
  return { id, name: displayName(person), app: false, note: person.is_bot ? 'app' : note }
}

function Byline({ name, app, note }: Author) {
  return (
    <>
      <b class="sb-author">{name}</b>
      {app || note === 'app' ? <span class="sb-badge">APP</span> : note && <span class="sb-badge">{note}</span>}{' '}
    </>
  )
}

function Replies({ message, replies, lastReply, openThread, now }: MessageProps & { now: () => number }) {
  if (replies === 0 || !openThread) return null
  return (
    <button type="button" class="sb-replies" onClick={() => openThread(message.ts)}>
      <b>{replies === 1 ? '1 reply' : `${replies} replies`}</b> <span>Last reply {ago(lastReply, now())}</span>
    </button>
  )
}

function isEdited(message: SandboxMessage | EphemeralMessage): boolean {
  return 'edited' in message && message.edited !== undefined
}
