import type { VNode } from 'preact'
import type { Option } from './options.ts'

interface OffersProps {
  readonly id: string
  readonly label: string
  /** Of this group, and of all. */
  readonly of: readonly Option[]
  readonly options: readonly Option[]
  readonly at: number
  readonly chosen: readonly string[]
  choose(picked: Option): void
}

/** One group of what is offered. */
export function Offers({ id, label, of, options, at, chosen, choose }: OffersProps): VNode {
  const rows = of.map((each) => {
    const index = options.indexOf(each)
    return (
      <div
        key={each.value}
        id={`${id}-${index}`}
        role="option"
        tabIndex={-1}
        aria-selected={chosen.includes(each.value)}
        class={index === at ? 'bk-offer bk-offer-on' : 'bk-offer'}
        onMouseDown={(event) => {
          // The focus stays where one types.
          event.preventDefault()
          choose(each)
        }}
      >
        {each.label}
      </div>
    )
  })
  if (label === '') return <>{rows}</>
  return (
    <fieldset aria-label={label}>
      <p class="bk-group">{label}</p>
      {rows}
    </fieldset>
  )
}

/** What was chosen, each to be taken away again. */
export function Chips(props: {
  chosen: readonly string[]
  label(value: string): string
  drop(value: string): void
}): VNode {
  return (
    <span class="bk-chips">
      {props.chosen.map((value) => (
        <span key={value} class="bk-chip">
          {props.label(value)}
          <button
            type="button"
            class="bk-icon"
            aria-label={`Remove ${props.label(value)}`}
            onClick={() => props.drop(value)}
          >
            ✕
          </button>
        </span>
      ))}
    </span>
  )
}
