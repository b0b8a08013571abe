import type { VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { stringIn } from './read.ts'

/** What this page does not know is said, never left out: somebody looks for a fault in their blocks. */
export function UnknownBlock({ json }: { json: JsonObject }): VNode {
  return <Unknown what="block" json={json} />
}

export function UnknownElement({ json }: { json: JsonObject }): VNode {
  return <Unknown what="element" json={json} />
}

function Unknown({ what, json }: { what: string; json: JsonObject }): VNode {
  const type = stringIn(json.type) || 'without a type'
  return (
    <details class="bk-unknown">
      <summary>
        Unknown {what}: <bdi>{type}</bdi>
      </summary>
      <pre class="bk-pre">{JSON.stringify(json, null, 2)}</pre>
    </details>
  )
}
