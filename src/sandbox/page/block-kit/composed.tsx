import type { ComponentChildren, VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { Element } from './element.tsx'
import { ImagePlaceholder } from './image.tsx'
import { isObject, objectsIn, stringIn } from './read.ts'
import { richText } from './rich-text.ts'
import { Scroller } from './scroller.tsx'
import { Paragraphs, TextBox, Words } from './text.tsx'

/** Blocks that hold other blocks, or are laid out like a small page. Shown simply, with everything that they say. */

interface BlockProps {
  readonly block: JsonObject
}

export function AppCard({ block }: BlockProps): VNode {
  const blockId = stringIn(block.block_id)
  return (
    <div class="bk-box" data-block-id={blockId}>
      {isObject(block.hero_image) && <ImagePlaceholder image={block.hero_image} />}
      {block.title !== undefined && (
        <p class="bk-box-title">
          <Words text={block.title} />
        </p>
      )}
      {block.subtitle !== undefined && (
        <div class="bk-dim">
          <TextBox text={block.subtitle} />
        </div>
      )}
      {block.body !== undefined && <TextBox text={block.body} />}
      <div class="bk-actions">
        {objectsIn(block.actions).map((element, i) => (
          <Element key={stringIn(element.action_id) || i} element={element} blockId={blockId} field={null} />
        ))}
      </div>
    </div>
  )
}

export function Carousel({ block }: BlockProps): VNode {
  return (
    <Scroller look="bk-scroll bk-carousel" name="Cards">
      {objectsIn(block.elements).map((card, i) => (
        <AppCard key={`card${i}`} block={card} />
      ))}
    </Scroller>
  )
}

export function Container({ block, children }: BlockProps & { children: ComponentChildren }): VNode {
  const title = (
    <>
      <Words text={block.title} />
      {block.subtitle !== undefined && (
        <span class="bk-dim">
          {' '}
          <Words text={block.subtitle} />
        </span>
      )}
    </>
  )
  if (block.is_collapsible !== true)
    return (
      <div class="bk-box bk-blocks">
        <p class="bk-box-title">{title}</p>
        {children}
      </div>
    )
  return (
    <details class="bk-box" open={block.default_collapsed !== true}>
      <summary class="bk-box-title">{title}</summary>
      <div class="bk-blocks">{children}</div>
    </details>
  )
}

const STATUS: ReadonlyMap<string, string> = new Map([
  ['pending', '○'],
  ['in_progress', '◐'],
  ['complete', '✓'],
  ['error', '✕'],
])

export function TaskCard({ block }: BlockProps): VNode {
  const status = stringIn(block.status)
  const more = [block.details, block.output].filter(isObject)
  return (
    <div class="bk-box">
      <p class="bk-box-title" dir="auto">
        <span role="img" aria-label={status.replace('_', ' ')}>
          {STATUS.get(status) ?? '○'}
        </span>{' '}
        {stringIn(block.title)}
      </p>
      {more.map((each, i) => (
        <div key={`more${i}`} class="bk-text">
          <Paragraphs paragraphs={richText(each)} />
        </div>
      ))}
    </div>
  )
}

export function Plan({ block }: BlockProps): VNode {
  return (
    <div class="bk-box bk-blocks">
      <p class="bk-box-title" dir="auto">
        {stringIn(block.title)}
      </p>
      {objectsIn(block.tasks).map((task, i) => (
        <TaskCard key={stringIn(task.task_id) || i} block={task} />
      ))}
    </div>
  )
}
