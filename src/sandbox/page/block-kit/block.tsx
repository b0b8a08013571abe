import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { AppCard, Carousel, Container, Plan, TaskCard } from './composed.tsx'
import { Element } from './element.tsx'
import { ImagePlaceholder } from './image.tsx'
import { InputBlock } from './input-block.tsx'
import { objectsIn, stringIn } from './read.ts'
import { richText } from './rich-text.ts'
import { Section } from './section.tsx'
import { Table } from './table.tsx'
import { Paragraphs, TextBox, Words } from './text.tsx'
import { UnknownBlock } from './unknown.tsx'

interface BlockProps {
  readonly block: JsonObject
}

export function Block({ block }: BlockProps): VNode {
  switch (block.type) {
    case 'header':
      return (
        <h3 class="bk-header" dir="auto">
          <Words text={block.text} />
        </h3>
      )
    case 'section':
      return <Section block={block} />
    case 'context':
      return <Context block={block} />
    case 'actions':
    case 'context_actions':
      return <Actions block={block} />
    case 'divider':
      return <hr class="bk-divider" />
    case 'input':
      return <InputBlock block={block} />
    case 'rich_text':
      return <RichText block={block} />
    case 'image':
      return <Image block={block} />
    case 'table':
    case 'data_table':
      return <Table block={block} />
    case 'markdown':
      // Shown as it was written: our own cards never use it, and a second parser is a second way in.
      return <pre class="bk-markdown">{stringIn(block.text)}</pre>
    case 'alert':
      return <Alert block={block} />
    case 'video':
      return <Video block={block} />
    case 'card':
      return <AppCard block={block} />
    case 'carousel':
      return <Carousel block={block} />
    case 'container':
      return (
        <Container block={block}>
          {objectsIn(block.child_blocks).map((child, i) => (
            <Block key={stringIn(child.block_id) || i} block={child} />
          ))}
        </Container>
      )
    case 'task_card':
      return <TaskCard block={block} />
    case 'plan':
      return <Plan block={block} />
    default:
      return <UnknownBlock json={block} />
  }
}

function Context({ block }: BlockProps): VNode {
  return (
    <div class="bk-context" data-block-id={stringIn(block.block_id)}>
      {objectsIn(block.elements).map((element, i) =>
        element.type === 'image' ? (
          <ImagePlaceholder key={`image${i}`} image={element} />
        ) : (
          <TextBox key={`text${i}`} text={element} />
        ),
      )}
    </div>
  )
}

function Actions({ block }: BlockProps): VNode {
  const blockId = stringIn(block.block_id)
  return (
    <div class="bk-actions" data-block-id={blockId}>
      {objectsIn(block.elements).map((element, i) => (
        <Element key={stringIn(element.action_id) || i} element={element} blockId={blockId} field={null} />
      ))}
    </div>
  )
}

function RichText({ block }: BlockProps): VNode {
  const paragraphs = useMemo(() => richText(block), [block])
  return (
    <div class="bk-text bk-rich" data-block-id={stringIn(block.block_id)}>
      <Paragraphs paragraphs={paragraphs} />
    </div>
  )
}

function Image({ block }: BlockProps): VNode {
  return (
    <figure class="bk-figure">
      {block.title !== undefined && (
        <figcaption>
          <Words text={block.title} />
        </figcaption>
      )}
      <ImagePlaceholder image={block} />
    </figure>
  )
}

const LEVELS = ['info', 'warning', 'error', 'success']

function Alert({ block }: BlockProps): VNode {
  const level = stringIn(block.level)
  return (
    <div class={`bk-alert ${LEVELS.includes(level) ? `bk-alert-${level}` : ''}`} role="note">
      <TextBox text={block.text} />
    </div>
  )
}

/** Never embedded: what plays here would be another site's. */
function Video({ block }: BlockProps): VNode {
  return (
    <figure class="bk-figure">
      <figcaption>
        <Words text={block.title} />
      </figcaption>
      <ImagePlaceholder image={{ alt_text: `Video: ${stringIn(block.alt_text)}`, image_url: block.video_url }} />
      {block.description !== undefined && <TextBox text={block.description} />}
    </figure>
  )
}
