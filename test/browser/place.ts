import { readFileSync } from 'node:fs'
import { afterAll, beforeAll } from 'vitest'
import { parse } from 'yaml'
import { fromManifest } from '../../src/sandbox/manifest.ts'
import type { Shown } from '../api.ts'
import { openScene, type Scene } from '../house.ts'
import { type Desk, useBrowser } from './browser.ts'
import { Visitor } from './visitor.ts'

const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
defaults: { effect: deny, ttl: 1h, grant_ttl: 5m }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
  - id: exports
    match: { action: [data.export, crm.bulk_update] }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
  - id: applies
    match: { action: [terraform.apply, script.run] }
    effect: require_approval
    approvals: [{ from: sre }]
    reason_required: [deny]
    channel: C0PROD
`

const SEED = fromManifest(parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8')))

type Look = Parameters<Desk['open']>[1]

/** The plain sandbox with the real server beside it, and people who look at it in a browser. */
interface Place {
  readonly scene: () => Scene
  /** Looks at the workspace as somebody. @param at `C0PROD`, `home`. */
  readonly visit: (userId: string, at: string, look?: Look) => Promise<Visitor>
  /** Asks as the pipeline; throws where that is refused. */
  readonly ask: (body: Readonly<Record<string, unknown>>) => Promise<Shown>
}

/** One of them for the tests of a file. */
export function usePlace(): Place {
  const desk = useBrowser()
  let scene: Scene | null = null
  const open = (): Scene => {
    if (!scene) throw new Error('the place is opened before the tests of a file')
    return scene
  }
  beforeAll(async () => {
    scene = await openScene('socket', { policy: POLICY, sandbox: { rateLimits: false, seed: SEED } })
  })
  afterAll(() => scene?.close())
  return {
    scene: open,
    visit: async (userId, at, look) => new Visitor(await desk.open(`${open().slack.url}/#${userId}/${at}`, look)),
    ask: async (body) => {
      const answer = await open().api.ask(body)
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body.detail}`)
      return answer.body
    },
  }
}
