import './external.css'
import type { TargetedFocusEvent, TargetedInputEvent, VNode } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { toggled, valuesOfText } from './form.ts'
import { Chips, Offers } from './offers.tsx'
import { type Option, option, wordsIn } from './options.ts'
import { isObject, numberIn, objectsIn } from './read.ts'
import { useSuggestions } from './suggesting.ts'
import { controlProps, type ElementProps, useValue } from './use.tsx'

interface ExternalProps extends ElementProps {
  readonly several: boolean
}

/** One or some of what only the app knows: it is asked while one types, and one chooses from its answer. */
export function External(props: ExternalProps): VNode {
  const { several } = props
  const id = useId()
  const { typed, at, groups, said, options, chosen, label, choose, drop, busy, aside, watch } = useChoosing(props)
  const isOpen = typed !== null
  const placeholder = wordsIn(props.element.placeholder) || 'Type to search'
  return (
    <span class="bk-element bk-wide bk-external" aria-busy={busy}>
      {several && <Chips {...{ chosen, label, drop }} />}
      <input
        type="text"
        role="combobox"
        class="bk-control"
        autocomplete="off"
        placeholder={placeholder}
        {...controlProps(props, placeholder)}
        value={typed ?? (several ? '' : chosen.map(label).join(''))}
        aria-expanded={isOpen && options.length > 0}
        aria-autocomplete="list"
        aria-controls={options.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={isOpen && options[at] ? `${id}-${at}` : undefined}
        {...watch}
      />
      {isOpen && said !== '' && (
        <span class="bk-offers bk-dim" role="status">
          {said}
        </span>
      )}
      {isOpen && options.length > 0 && (
        <div class="bk-offers" id={`${id}-list`} role="listbox" aria-label={placeholder} aria-multiselectable={several}>
          {groups.map((group) => (
            <Offers key={group.label} {...{ ...group, id, options, at, chosen, choose }} of={group.options} />
          ))}
        </div>
      )}
      {aside}
    </span>
  )
}

function useChoosing(props: ExternalProps) {
  const { element, several } = props
  const { value, change, busy, aside } = useValue(props)
  const [typed, setTyped] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const { groups, said } = useSuggestions(props, typed)
  const options = groups.flatMap((group) => group.options)
  const label = useLabels(element, options)
  const chosen = several ? valuesOfText(value) : value === '' ? [] : [value]
  const isFull = several && chosen.length >= numberIn(element.max_selected_items, 1, 100, 100)
  // Of several the app is told once one has gone on, as of every list of several.
  const told = useRef(value)
  const tell = (next: string) => {
    if (told.current === next) return
    told.current = next
    change(next)
  }
  const close = () => {
    setTyped(null)
    if (several) tell(value)
  }
  const choose = ({ value: picked }: Option) => {
    if (isFull && !chosen.includes(picked)) return
    setTyped(several ? '' : null)
    if (several) change(toggled(chosen, picked), false)
    else change(picked)
  }
  const watch = {
    onFocus: (event: TargetedFocusEvent<HTMLInputElement>) => {
      setTyped(several ? '' : chosen.map(label).join(''))
      event.currentTarget.select()
    },
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => {
      const text = event.currentTarget.value
      setTyped(text)
      setAt(0)
      if (!several && text === '' && value !== '') change('')
    },
    onBlur: close,
    onKeyDown: (event: KeyboardEvent) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const picked = options[at]
      if (step !== 0) {
        setTyped(typed ?? '')
        setAt((at + step + options.length) % Math.max(options.length, 1))
      } else if (event.key === 'Enter' && typed !== null && picked) choose(picked)
      else if (event.key === 'Escape' && typed !== null) close()
      else return
      event.preventDefault()
      event.stopPropagation()
    },
  }
  const drop = (each: string) => tell(toggled(chosen, each))
  return { typed, at, groups, said, options, chosen, label, choose, drop, busy, aside, watch }
}

/** What a value was called when it was shown last. */
function useLabels({ initial_option: one, initial_options: some }: ElementProps['element'], shown: readonly Option[]) {
  const labels = useRef(new Map<string, string>())
  const initial = [...(isObject(one) ? [one] : []), ...objectsIn(some)].map(option)
  for (const each of [...initial, ...shown]) labels.current.set(each.value, each.label)
  return (value: string): string => labels.current.get(value) ?? value
}
