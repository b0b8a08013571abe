import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { toggled, valuesOfText } from './form.ts'
import { objectsIn, stringIn } from './read.ts'
import { Words } from './text.tsx'
import { type ElementProps, groupProps, useValue } from './use.tsx'

/** Checkboxes and radio buttons, all of them to be seen. */
export function Choices(props: ElementProps): VNode {
  const { value, change, busy, aside } = useValue(props)
  const name = useId()
  const isRadio = props.element.type === 'radio_buttons'
  const chosen = isRadio ? [value] : valuesOfText(value)
  const pick = (picked: string) => change(isRadio ? picked : toggled(chosen, picked))
  return (
    <span class="bk-element">
      <fieldset class="bk-choices" aria-busy={busy} {...groupProps(props, 'Options')}>
        {objectsIn(props.element.options).map((option) => (
          <label key={stringIn(option.value)} class="bk-choice">
            <input
              type={isRadio ? 'radio' : 'checkbox'}
              name={name}
              value={stringIn(option.value)}
              checked={chosen.includes(stringIn(option.value))}
              onChange={() => pick(stringIn(option.value))}
            />
            <OptionText option={option} />
          </label>
        ))}
      </fieldset>
      {aside}
    </span>
  )
}

function OptionText({ option }: { option: JsonObject }): VNode {
  return (
    <span>
      <Words text={option.text} />
      {option.description !== undefined && (
        <span class="bk-dim bk-description">
          <Words text={option.description} />
        </span>
      )}
    </span>
  )
}
