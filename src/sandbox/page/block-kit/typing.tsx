import type { VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { wordsIn } from './options.ts'
import { isObject, listIn, numberIn } from './read.ts'
import { controlProps, type ElementProps, useValue } from './use.tsx'

/** Slack takes no more into any box of text. */
const MOST = 3_000
/** The counter appears when so many characters are left. */
const NEARLY = 100

type Keys = 'text' | 'email' | 'url' | 'decimal'

/** A box of one line. @param keys what is typed into it, for the keyboards of phones. */
export function TypedIn({ keys, ...props }: ElementProps & { keys: Keys }): VNode {
  const { element, field } = props
  const { value, change, busy, aside } = useValue(props)
  const placeholder = wordsIn(element.placeholder)
  // As in Slack, a box for numbers takes nothing else.
  const taken = (text: string) => (keys === 'decimal' ? text.replace(/[^\d.-]/g, '') : text)
  return (
    <span class="bk-element bk-wide">
      <input
        type="text"
        inputMode={keys}
        class="bk-control"
        autocomplete="off"
        value={value}
        aria-busy={busy}
        placeholder={placeholder}
        {...controlProps(props, placeholder || 'Text')}
        onInput={(event) => {
          event.currentTarget.value = taken(event.currentTarget.value)
          change(event.currentTarget.value, field?.dispatches === true && onEvery(element))
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || (field && !(field.dispatches && onEnter(element)))) return
          event.preventDefault()
          change(event.currentTarget.value, true)
        }}
      />
      <Counter element={element} length={value.length} />
      {aside}
    </span>
  )
}

/** A box of several lines; also for rich text, of which this page types the words alone. */
export function TypedLines(props: ElementProps): VNode {
  const { element, field } = props
  const { value, change, busy, aside } = useValue(props)
  const placeholder = wordsIn(element.placeholder)
  return (
    <span class="bk-element bk-wide">
      <textarea
        class="bk-control bk-lines"
        rows={4}
        value={value}
        aria-busy={busy}
        placeholder={placeholder}
        {...controlProps(props, placeholder || 'Text')}
        onInput={(event) => change(event.currentTarget.value, field?.dispatches === true && onEvery(element))}
      />
      <Counter element={element} length={value.length} />
      {aside}
    </span>
  )
}

/** How many characters are still allowed; Slack lets one type too many, and says so in red. */
function Counter({ element, length }: { element: JsonObject; length: number }): VNode | null {
  const max = numberIn(element.max_length, 1, MOST, MOST)
  const left = max - length
  if (left > Math.min(NEARLY, max / 2)) return null
  return (
    <span class={left < 0 ? 'bk-counter bk-over' : 'bk-counter'} role="status" aria-label={`${left} characters left`}>
      {left}
    </span>
  )
}

const triggers = ({ dispatch_action_config: config }: JsonObject): readonly unknown[] =>
  isObject(config) ? listIn(config.trigger_actions_on) : ['on_enter_pressed']
const onEnter = (element: JsonObject): boolean => triggers(element).includes('on_enter_pressed')
const onEvery = (element: JsonObject): boolean => triggers(element).includes('on_character_entered')
