import { Outcome, useAttempt } from './attempt.tsx'

const ROWS = 18

/** JSON to read and to take along: a field that cannot be written scrolls and selects by keyboard as well. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <div class="dev-json">
      <textarea
        readOnly
        aria-label={label}
        spellcheck={false}
        rows={Math.min(text.split('\n').length, ROWS)}
        value={text}
      />
      <CopyButton title="Copy JSON" label={`Copy JSON: ${label}`} text={text} />
    </div>
  )
}

interface CopyButtonProps {
  readonly title: string
  /** For screen readers, where several buttons have the same title. */
  readonly label?: string
  readonly text: string
}

export function CopyButton({ title, label = title, text }: CopyButtonProps) {
  const attempt = useAttempt()
  return (
    <>
      <button
        type="button"
        class="dev-button dev-small"
        aria-label={label}
        onClick={() => attempt.run(() => navigator.clipboard.writeText(text), 'Copied.')}
      >
        {title}
      </button>
      <Outcome of={attempt} />
    </>
  )
}
