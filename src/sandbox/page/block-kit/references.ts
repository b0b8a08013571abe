import { hasDateToken } from './dates.ts'
import { withEmoji } from './emoji.ts'
import { safeHref } from './href.ts'
import { type Inline, type Range, textNode } from './tree.ts'

const PERSON = /^@([UWB][A-Z0-9]{1,30})(?:\|(.*))?$/s
const CHANNEL = /^#([CGD][A-Z0-9]{1,30})(?:\|(.*))?$/s
const GROUP = /^!subteam\^(S[A-Z0-9]{1,30})(?:\|(.*))?$/s
const BROADCAST = /^!(here|channel|everyone)(?:\|.*)?$/s
const DATE = /^!date\^(\d{1,12})\^([^^|]*)(?:\^([^|]*))?(?:\|(.*))?$/s

/**
 * What stands between `<` and `>` in mrkdwn, entities decoded; null where it means nothing to Slack and so is text.
 * Labels are never parsed again, but for their emoji.
 */
export function reference(inner: string): Inline | null {
  if (inner.startsWith('@')) return mention('user', PERSON.exec(inner))
  if (inner.startsWith('#')) return mention('channel', CHANNEL.exec(inner))
  if (inner.startsWith('!')) return special(inner)
  return link(inner)
}

function mention(kind: 'user' | 'channel' | 'group', match: RegExpExecArray | null): Inline | null {
  const [, id, label = ''] = match ?? []
  return id === undefined ? null : { kind, id, label }
}

function special(inner: string): Inline | null {
  const range = BROADCAST.exec(inner)?.[1]
  if (range !== undefined) return { kind: 'broadcast', range: range as Range }
  return mention('group', GROUP.exec(inner)) ?? date(inner)
}

function date(inner: string): Inline | null {
  const [, unix, format, link, fallback = ''] = DATE.exec(inner) ?? []
  if (unix === undefined || format === undefined) return null
  if (!hasDateToken(format)) return fallback === '' ? null : textNode(fallback)
  return { kind: 'date', unix: Number(unix), format, href: link === undefined ? null : safeHref(link), fallback }
}

/** The address ends at the first `|`; whatever follows is the label, further `|` included. */
function link(inner: string): Inline | null {
  const bar = inner.indexOf('|')
  const address = bar === -1 ? inner : inner.slice(0, bar)
  const label = bar === -1 ? '' : inner.slice(bar + 1)
  const href = safeHref(address)
  if (href === null) return null
  if (label !== '') return { kind: 'link', href, children: withEmoji(label) }
  return { kind: 'link', href, children: [textNode(address.replace(/^mailto:/i, ''))] }
}
