import { useState } from 'preact/hooks'

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser did not allow it'),
    )
  }
  return (
    <span class="demo-copy">
      <button type="button" class="demo-plain" onClick={copy}>
        {label}
      </button>
      <span role="status" class="demo-dim">
        {said}
      </span>
    </span>
  )
}
