import type { VNode } from 'preact'
import { External } from './external.tsx'
import { type Option, type OptionGroup, optionsOf, wordsIn } from './options.ts'
import { useWorld } from './surface.ts'
import { controlProps, type ElementProps, useValue } from './use.tsx'

/** One of many. The browser's own list: every keyboard and every phone knows it. */
export function Select(props: ElementProps): VNode {
  const { facts } = useWorld()
  const groups = optionsOf(props.element, facts)
  if (groups === null) return <External {...props} several={false} />
  return <Listed {...props} groups={groups} />
}

function Listed({ groups, ...props }: ElementProps & { groups: readonly OptionGroup[] }): VNode {
  const { value, change, busy, aside } = useValue(props)
  const placeholder = wordsIn(props.element.placeholder) || 'Select an item'
  return (
    <span class="bk-element">
      <select
        class="bk-control bk-select"
        value={value}
        aria-busy={busy}
        {...controlProps(props, placeholder)}
        onChange={(event) => change(event.currentTarget.value)}
      >
        <option value="" selected={value === ''} disabled={props.field?.isRequired ?? true}>
          {placeholder}
        </option>
        {groups.map(({ label, options }) =>
          label === '' ? (
            <Options key="" options={options} value={value} />
          ) : (
            <optgroup key={label} label={label}>
              <Options options={options} value={value} />
            </optgroup>
          ),
        )}
      </select>
      {aside}
    </span>
  )
}

function Options({ options, value }: { options: readonly Option[]; value: string }): VNode {
  return (
    <>
      {options.map((option) => (
        <option key={option.value} value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </>
  )
}
