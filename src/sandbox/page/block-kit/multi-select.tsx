import type { VNode } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { External } from './external.tsx'
import { toggled, valuesOfText } from './form.ts'
import { type OptionGroup, optionsOf, wordsIn } from './options.ts'
import { numberIn } from './read.ts'
import { useWorld } from './surface.ts'
import { type ElementProps, groupProps, useValue } from './use.tsx'

/** Some of many: a list of checkboxes that folds away. What was chosen is told when it is folded, as in Slack. */
export function MultiSelect(props: ElementProps): VNode {
  const { facts } = useWorld()
  const groups = optionsOf(props.element, facts)
  if (groups === null) return <External {...props} several />
  return <Listed {...props} groups={groups} />
}

function Listed({ groups, ...props }: ElementProps & { groups: readonly OptionGroup[] }): VNode {
  const { value, change, busy, aside } = useValue(props)
  const told = useRef(value)
  const chosen = valuesOfText(value)
  const isFull = chosen.length >= numberIn(props.element.max_selected_items, 1, 100, 100)
  const labels = groups.flatMap(({ options }) => options.filter((option) => chosen.includes(option.value)))
  const placeholder = wordsIn(props.element.placeholder) || 'Select items'
  const id = useId()
  const tell = () => {
    if (told.current === value) return
    told.current = value
    change(value)
  }
  return (
    <span class="bk-element">
      <details class="bk-multi" aria-busy={busy} onToggle={(event) => event.currentTarget.open || tell()}>
        <summary
          id={id}
          class="bk-control"
          {...(props.field ? { 'aria-labelledby': `${props.field.labelId} ${id}` } : {})}
        >
          {labels.length === 0 ? (
            <span class="bk-placeholder">{placeholder}</span>
          ) : (
            labels.map((option) => (
              <span key={option.value} class="bk-chip">
                {option.label}
              </span>
            ))
          )}
        </summary>
        <fieldset {...groupProps(props, placeholder)} class="bk-choices bk-multi-list">
          {groups.map(({ label, options }) => (
            <div key={label}>
              {label !== '' && <p class="bk-group">{label}</p>}
              {options.map((option) => {
                const isOn = chosen.includes(option.value)
                return (
                  <label key={option.value} class="bk-choice">
                    <input
                      type="checkbox"
                      checked={isOn}
                      disabled={isFull && !isOn}
                      onChange={() => change(toggled(chosen, option.value), false)}
                    />
                    <span>{option.label}</span>
                  </label>
                )
              })}
            </div>
          ))}
        </fieldset>
      </details>
      {aside}
    </span>
  )
}
