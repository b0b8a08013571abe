import type { JsonObject } from '../../json.ts'
import type { ApiCall, TokenKind } from '../../types.ts'
import { Entry, Meaning, type Tone } from './entry.tsx'
import { isRefused } from './journal.ts'
import { CopyButton, JsonView } from './json-view.tsx'
import { Problems } from './problems.tsx'

const TOKENS: Readonly<Record<TokenKind, string>> = {
  bot: 'bot token',
  app: 'app token',
  none: 'no token',
  unknown: 'unknown token',
}

/** One call of the app to Slack. */
export function CallEntry({ call }: { call: ApiCall }) {
  return (
    <Entry
      at={call.at}
      way="to Slack"
      title={call.method}
      note={TOKENS[call.tokenKind]}
      mark={{ tone: toneOf(call), text: call.outcome }}
      details={() => <CallDetails call={call} />}
    />
  )
}

function toneOf(call: ApiCall): Tone {
  if (call.outcome === 'pending') return 'open'
  return isRefused(call) ? 'bad' : 'ok'
}

function CallDetails({ call }: { call: ApiCall }) {
  const blocks = blocksOf(call.args)
  return (
    <>
      <Meaning outcome={call.outcome} method={call.method} />
      <Problems lines={call.problems} sent={call.args} />
      <JsonView label={`arguments of ${call.method}`} value={call.args} />
      {blocks === undefined ? null : (
        <CopyButton title="Copy as Block Kit JSON" text={JSON.stringify(blocks, null, 2)} />
      )}
    </>
  )
}

/** In the form Block Kit Builder takes. */
function blocksOf({ blocks, view }: JsonObject): unknown {
  return view ?? (blocks === undefined ? undefined : { blocks })
}
