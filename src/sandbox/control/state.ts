import type { Platform } from '../platform.ts'
import { messagesOf, sees } from '../sight.ts'
import type { Sandbox } from '../surface.ts'
import type { Own, Seen } from './differences.ts'
import type { LiveSource } from './live.ts'

/** The workspace and its inside, as the control API works on them. */
export interface Parts {
  readonly sandbox: Sandbox
  readonly platform: Platform
}

/** What one person sees, or, without `userId`, everything there is. Calls and deliveries are the developer's, whoever she is. */
export function sourceOf({ sandbox, platform }: Parts, userId?: string): LiveSource {
  return {
    revision: () => sandbox.revision,
    now: () => platform.clock.now(),
    onChange: (listener) => sandbox.onChange(listener),
    seen: () => ({
      ...(userId === undefined ? everything(platform, sandbox) : sight(platform, sandbox, userId)),
      standing: sandbox.standing(),
      calls: sandbox.calls,
      deliveries: sandbox.deliveries,
    }),
  }
}

type Shown = Pick<Seen, 'workspace' | 'messages' | 'people'>

function everything(platform: Platform, sandbox: Sandbox): Shown {
  const { workspace } = platform
  return {
    workspace: sandbox.facts(),
    messages: new Map([...workspace.channels.keys()].map((id) => [id, workspace.messages(id)])),
    people: new Map([...workspace.users.keys()].map((id) => [id, own(platform, id)])),
  }
}

function sight(platform: Platform, sandbox: Sandbox, userId: string): Shown {
  const { workspace } = platform
  const facts = sandbox.facts()
  return {
    workspace: { ...facts, channels: facts.channels.filter((channel) => sees(workspace, userId, channel)) },
    messages: messagesOf(workspace, userId),
    people: new Map([[userId, own(platform, userId)]]),
  }
}

const own = ({ workspace, views }: Platform, userId: string): Own => ({
  ephemerals: workspace.ephemerals(userId),
  modals: views.stack(userId),
  home: views.home(userId) ?? null,
})
