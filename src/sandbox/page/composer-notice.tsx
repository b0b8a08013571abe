import { Icon } from './icons.tsx'

/** What Slack itself says to the person, as a line that nobody else sees and that does not stay. */
export function ComposerNotice({ text, dismiss }: { text: string; dismiss(): void }) {
  return (
    <div role="alert">
      {text !== '' && (
        <div class="sb-notice">
          <span class="sb-avatar sb-avatar-small sb-hue-7" aria-hidden="true">
            S
          </span>
          <div>
            <p>
              <b>Sandbox</b> <small>Only visible to you</small>
            </p>
            <p>{text}</p>
          </div>
          <button type="button" class="sb-tool" aria-label="Dismiss" title="Dismiss" onClick={dismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
