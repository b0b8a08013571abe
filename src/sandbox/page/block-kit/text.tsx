import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Json } from '../../json.ts'
import type { WorkspaceFacts } from '../../wire.ts'
import { folded } from './fold.ts'
import { Inlines } from './inline.tsx'
import { mrkdwn, plainText } from './mrkdwn.ts'
import { isObject, stringIn } from './read.ts'
import { InWorld } from './surface.ts'
import type { Inline, Paragraph } from './tree.ts'
import { UnknownElement } from './unknown.tsx'

/** The `text` of a message without blocks. */
export function Mrkdwn({ text, facts, now }: { text: string; facts: WorkspaceFacts; now: () => number }): VNode {
  const paragraphs = useMemo(() => mrkdwn(text), [text])
  const world = useMemo(() => ({ facts, now }), [facts, now])
  return (
    <InWorld.Provider value={world}>
      <div class="bk-text">
        <Paragraphs paragraphs={paragraphs} />
      </div>
    </InWorld.Provider>
  )
}

/** A text object with lines of its own. @param folds whether Slack would hide most of a long one. */
export function TextBox({ text, folds = false }: { text: Json | undefined; folds?: boolean }): VNode {
  const paragraphs = useMemo(() => paragraphsOf(text), [text])
  const short = useMemo(() => (folds ? folded(paragraphs) : null), [paragraphs, folds])
  const [isOpen, setOpen] = useState(false)
  return (
    <div class="bk-text">
      <Paragraphs paragraphs={short !== null && !isOpen ? short : paragraphs} />
      {short !== null && (
        <button type="button" class="bk-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'See less' : 'See more'}
        </button>
      )}
    </div>
  )
}

/** A text object within a line of something else's. */
export function Words({ text }: { text: Json | undefined }): VNode {
  const nodes = useMemo(() => {
    const paragraphs = paragraphsOf(text)
    return paragraphs.flatMap((paragraph): readonly Inline[] => ('children' in paragraph ? paragraph.children : []))
  }, [text])
  return (
    <bdi class="bk-words">
      <Inlines nodes={nodes} />
    </bdi>
  )
}

/** Of a text object of either type; of anything else its words. */
function paragraphsOf(text: Json | undefined): Paragraph[] {
  if (!isObject(text)) return [{ kind: 'paragraph', children: plainText(stringIn(text), false) }]
  const words = stringIn(text.text)
  if (text.type === 'mrkdwn') return mrkdwn(words, text.verbatim === true)
  return [{ kind: 'paragraph', children: plainText(words, text.emoji !== false) }]
}

export function Paragraphs({ paragraphs }: { paragraphs: readonly Paragraph[] }): VNode {
  return (
    <>
      {paragraphs.map((paragraph, i) => (
        <Lines key={`${paragraph.kind}${i}`} paragraph={paragraph} />
      ))}
    </>
  )
}

/** `dir="auto"`: text that reorders itself does so in its own box, and nowhere else. */
function Lines({ paragraph }: { paragraph: Paragraph }): VNode {
  switch (paragraph.kind) {
    case 'paragraph':
      return (
        <p dir="auto">
          <Inlines nodes={paragraph.children} />
        </p>
      )
    case 'quote':
      return (
        <blockquote class="bk-quote" dir="auto">
          <Inlines nodes={paragraph.children} />
        </blockquote>
      )
    case 'pre':
      return (
        <pre class="bk-pre" dir="auto">
          <Inlines nodes={paragraph.children} />
        </pre>
      )
    case 'list':
      return <List list={paragraph} />
    case 'unknown':
      return <UnknownElement json={paragraph.json} />
  }
}

function List({ list }: { list: Extract<Paragraph, { kind: 'list' }> }): VNode {
  const items = list.items.map((item, i) => (
    <li key={`item${i}`} dir="auto">
      <Inlines nodes={item} />
    </li>
  ))
  const look = `bk-list bk-indent-${list.indent} bk-level-${list.indent % 3}`
  if (!list.ordered) return <ul class={look}>{items}</ul>
  return (
    <ol class={look} start={list.offset + 1}>
      {items}
    </ol>
  )
}
