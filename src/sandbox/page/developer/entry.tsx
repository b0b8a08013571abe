import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type Explanation, explain } from './explain.ts'
import { timeOfDay } from './moments.ts'

interface EntryProps {
  readonly at: number
  /** Which way it went, in words: the arrow alone says nothing to a screen reader. */
  readonly way: 'to Slack' | 'to the app'
  readonly title: string
  readonly note: string
  readonly mark: { readonly tone: Tone; readonly text: string }
  /** Made only once somebody opens it. */
  details(): ComponentChildren
}

export type Tone = 'ok' | 'bad' | 'open'

const SIGNS: Readonly<Record<Tone, string>> = { ok: '✓', bad: '✕', open: '…' }

/** One line of the journal, to be opened. */
export function Entry({ at, way, title, note, mark, details }: EntryProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li class={`dev-entry dev-is-${mark.tone}`}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="dev-way" role="img" aria-label={way} title={way}>
            {way === 'to Slack' ? '←' : '→'}
          </span>
          <span class="dev-title">{title}</span>
          <span class={`dev-mark dev-${mark.tone}`}>
            <span aria-hidden="true">{SIGNS[mark.tone]} </span>
            {mark.text}
          </span>
          <span class="dev-note">
            {note === '' ? '' : `${note} · `}
            <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
          </span>
        </summary>
        {isOpen ? <div class="dev-details">{details()}</div> : null}
      </details>
    </li>
  )
}

/** What an outcome means and what to do, or nothing where all is well. */
export function Meaning({ outcome, method }: { outcome: string; method?: string }) {
  const explanation = explain(outcome, method)
  return explanation ? <Sentences of={explanation} /> : null
}

export function Sentences({ of }: { of: Explanation }) {
  return (
    <p class="dev-meaning">
      <strong>{of.means}</strong> {of.todo}
    </p>
  )
}
