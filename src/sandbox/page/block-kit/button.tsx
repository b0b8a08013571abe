import type { VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { safeHref } from './href.ts'
import { isObject, stringIn, wordsOf } from './read.ts'
import { Words } from './text.tsx'
import { type ElementProps, useUse } from './use.tsx'

export function Button(props: ElementProps): VNode {
  const { element, blockId } = props
  const { busy, use, aside } = useUse(props)
  const href = safeHref(stringIn(element.url))
  const label = stringIn(element.accessibility_label)
  const look = {
    class: `bk-button ${STYLE.get(stringIn(element.style)) ?? ''}`,
    title: wordsOf(element.text),
    'data-action-id': stringIn(element.action_id),
    'data-block-id': blockId,
    ...(label === '' ? {} : { 'aria-label': label }),
  }
  if (href !== null && !isObject(element.confirm))
    return (
      <span class="bk-element">
        <a {...look} href={href} target="_blank" rel="noopener noreferrer" onClick={() => use()}>
          <Words text={element.text} />
        </a>
        {aside}
      </span>
    )
  const open = () => href !== null && window.open(href, '_blank', 'noopener,noreferrer')
  return (
    <span class="bk-element">
      <button type="button" {...look} {...(busy ? WORKING : {})} onClick={() => use(undefined, open)}>
        <Words text={element.text} />
      </button>
      {aside}
    </span>
  )
}

/** Not `disabled`: that would take the focus away from who uses the keyboard. */
const WORKING = { 'aria-busy': true, 'aria-disabled': true } as const

const STYLE: ReadonlyMap<string, string> = new Map([
  ['primary', 'bk-primary'],
  ['danger', 'bk-danger'],
])

/** 👍 and 👎 under what a bot wrote. */
export function FeedbackButtons(props: ElementProps): VNode {
  const { busy, use, aside } = useUse(props)
  const both: readonly (readonly [JsonObject['text'], string])[] = [
    [props.element.positive_button, '👍'],
    [props.element.negative_button, '👎'],
  ]
  return (
    <span class="bk-element bk-row" data-action-id={stringIn(props.element.action_id)} data-block-id={props.blockId}>
      {both.map(([button, sign]) =>
        isObject(button) ? (
          <button
            key={sign}
            type="button"
            class="bk-icon"
            title={wordsOf(button.text)}
            aria-label={stringIn(button.accessibility_label) || wordsOf(button.text)}
            {...(busy ? WORKING : {})}
            onClick={() => use(stringIn(button.value))}
          >
            {sign}
          </button>
        ) : null,
      )}
      {aside}
    </span>
  )
}
