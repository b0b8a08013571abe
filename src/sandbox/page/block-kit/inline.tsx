import type { ComponentChildren, VNode } from 'preact'
import { dateText } from './dates.ts'
import { channelName, groupName, userName } from './names.ts'
import { useWorld } from './surface.ts'
import type { DateNode, Inline } from './tree.ts'
import { UnknownElement } from './unknown.tsx'

/** A tree of text, drawn. Each kind of node makes exactly one kind of element; text is text everywhere. */
export function Inlines({ nodes }: { nodes: readonly Inline[] }): VNode {
  return (
    <>
      {nodes.map((node, i) => (
        <Node key={`${node.kind}${i}`} node={node} />
      ))}
    </>
  )
}

function Node({ node }: { node: Inline }): VNode {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>
    case 'bold':
      return (
        <b>
          <Inlines nodes={node.children} />
        </b>
      )
    case 'italic':
      return (
        <i>
          <Inlines nodes={node.children} />
        </i>
      )
    case 'strike':
      return (
        <s>
          <Inlines nodes={node.children} />
        </s>
      )
    case 'underline':
      return (
        <u>
          <Inlines nodes={node.children} />
        </u>
      )
    case 'code':
      return (
        <code class="bk-code">
          <Inlines nodes={node.children} />
        </code>
      )
    case 'link':
      return (
        <Link href={node.href}>
          <Inlines nodes={node.children} />
        </Link>
      )
    case 'emoji':
      return (
        <span class="bk-emoji" role="img" aria-label={node.name.replaceAll('_', ' ')} title={`:${node.name}:`}>
          {node.char}
        </span>
      )
    case 'date':
      return <When node={node} />
    case 'color':
      return (
        <span class="bk-color">
          <span class="bk-swatch" style={{ backgroundColor: node.value }} />
          {node.value}
        </span>
      )
    case 'unknown':
      return <UnknownElement json={node.json} />
    default:
      return <Mention node={node} />
  }
}

/** Opens beside the page, and the page it opens learns nothing of this one. */
function Link({ href, children }: { href: string; children: ComponentChildren }): VNode {
  return (
    <a class="bk-link" href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  )
}

type MentionNode = Extract<Inline, { kind: 'user' | 'group' | 'channel' | 'broadcast' }>

function Mention({ node }: { node: MentionNode }): VNode {
  const { facts } = useWorld()
  if (node.kind === 'broadcast') return <span class="bk-mention bk-mention-all">@{node.range}</span>
  if (node.kind === 'user') return <span class="bk-mention">@{userName(facts, node.id, node.label)}</span>
  if (node.kind === 'group') return <span class="bk-mention">@{groupName(facts, node.id, node.label)}</span>
  const { name, isPrivate } = channelName(facts, node.id, node.label)
  return (
    <span class="bk-mention">
      {isPrivate ? '🔒' : '#'}
      {name}
    </span>
  )
}

/** A moment in the reader's own time zone; pointing at it tells all of it. */
function When({ node }: { node: DateNode }): VNode {
  const { now } = useWorld()
  const text = dateText(node.unix, node.format, now())
  if (text === null) return <>{node.fallback}</>
  const time = (
    <time
      class="bk-time"
      dateTime={new Date(node.unix * 1_000).toISOString()}
      title={dateText(node.unix, '{date_long} at {time_secs}', now()) ?? ''}
    >
      {text}
    </time>
  )
  return node.href === null ? time : <Link href={node.href}>{time}</Link>
}
