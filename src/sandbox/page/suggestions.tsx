import type { Hint } from './hints.ts'

interface SuggestionsProps {
  readonly id: string
  readonly hints: readonly Hint[]
  readonly chosen: number
  choose(hint: Hint): void
}

/** The list above the composer. The focus stays in the text; `aria-activedescendant` there points in here. */
export function Suggestions({ id, hints, chosen, choose }: SuggestionsProps) {
  return (
    <div id={id} class="sb-hints" role="listbox" aria-label="Suggestions">
      {hints.map((hint, at) => (
        <div
          key={hint.insert}
          id={optionId(id, at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // Before the text loses the focus.
          onMouseDown={(event) => {
            event.preventDefault()
            choose(hint)
          }}
        >
          <b>{hint.label}</b>
          <small>{hint.detail}</small>
        </div>
      ))}
    </div>
  )
}

export function optionId(listId: string, at: number): string {
  return `${listId}-${at}`
}
