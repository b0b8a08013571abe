import { useState } from 'preact/hooks'
import type { Live } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'

const GOODBYES = [
  {
    path: '/control/revoke-tokens',
    title: 'Revoke the tokens',
    says: 'Every call with the bot token answers token_revoked from now on.',
    done: 'The tokens are revoked.',
  },
  {
    path: '/control/uninstall',
    title: 'Uninstall the app',
    says: 'Every call answers account_inactive from now on, and the app is told that it was uninstalled.',
    done: 'The app is uninstalled.',
  },
] as const

/** What cannot be taken back, and is therefore asked twice. */
export function Goodbyes({ live }: { live: Live }) {
  return (
    <section class="dev-section" aria-label="For good">
      <h3>For good</h3>
      <p class="dev-warning">These cannot be taken back: only starting the sandbox again installs the app anew.</p>
      <ul class="dev-breakages">
        {GOODBYES.map((goodbye) => (
          <Goodbye key={goodbye.path} live={live} goodbye={goodbye} />
        ))}
      </ul>
    </section>
  )
}

function Goodbye({ live, goodbye }: { live: Live; goodbye: (typeof GOODBYES)[number] }) {
  const [isAsked, setAsked] = useState(false)
  const attempt = useAttempt()
  const press = () => {
    setAsked(!isAsked)
    if (isAsked) attempt.run(() => live.control('POST', goodbye.path), goodbye.done)
  }
  return (
    <li>
      <div class="dev-row">
        {/* One button whose words change keeps the keyboard where it is. */}
        <button type="button" class={`dev-button ${isAsked ? 'dev-danger' : 'dev-break'}`} onClick={press}>
          {isAsked ? `Really: ${goodbye.title.toLowerCase()}, for good` : goodbye.title}
        </button>
        {isAsked ? (
          <button type="button" class="dev-button" onClick={() => setAsked(false)}>
            Leave it
          </button>
        ) : null}
      </div>
      <p>{goodbye.says}</p>
      <Outcome of={attempt} />
    </li>
  )
}
