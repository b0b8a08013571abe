import { useState } from 'preact/hooks'
import type { Live } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { CopyButton } from './json-view.tsx'

/** What `GET /control/credentials` answers, as far as an app needs it. */
interface Credentials {
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
}

/** How to point an app at this workspace. The tokens are those of a toy, worth nothing anywhere else. */
export function PointAnApp({ live }: { live: Live }) {
  const [lines, setLines] = useState('')
  const attempt = useAttempt()
  const load = () =>
    attempt.run(async () => {
      const found = (await live.control('GET', '/control/credentials')) as Credentials
      setLines(environment(found))
    }, '')
  return (
    <details onToggle={(event) => (event.currentTarget.open ? load() : undefined)}>
      <summary>Point an app at this workspace</summary>
      <p class="dev-hint">
        Give the app these variables: with the app token it takes Socket Mode, with the signing secret HTTP.
      </p>
      <div class="dev-json">
        <textarea readOnly aria-label="Variables for the app" spellcheck={false} rows={4} value={lines} />
        <CopyButton title="Copy variables" text={lines} />
      </div>
      <Outcome of={attempt} />
    </details>
  )
}

function environment({ apiUrl, botToken, appToken, signingSecret }: Credentials): string {
  return [
    `SLACK_API_URL=${apiUrl}`,
    `SLACK_BOT_TOKEN=${botToken}`,
    `SLACK_APP_TOKEN=${appToken}`,
    `SLACK_SIGNING_SECRET=${signingSecret}`,
  ].join('\n')
}
