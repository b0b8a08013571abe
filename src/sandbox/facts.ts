import type { Platform } from './platform.ts'
import { APP } from './seed.ts'
import type { Standing, WorkspaceFacts } from './wire.ts'
import type { Workspace } from './workspace.ts'

/** Who and what there is: the same object while nothing of it has changed, so that nobody sends it twice. */
export class Facts {
  readonly #workspace: Workspace
  #latest: WorkspaceFacts

  constructor(workspace: Workspace) {
    this.#workspace = workspace
    this.#latest = gather(workspace)
  }

  current(): WorkspaceFacts {
    const now = gather(this.#workspace)
    const { people, groups, channels } = this.#latest
    const same = alike(people, now.people) && alike(groups, now.groups) && alike(channels, now.channels)
    if (!same) this.#latest = now
    return this.#latest
  }
}

/** How the app is connected, and what is broken on purpose. */
export function standing({ sockets, deliveries, faults }: Platform): Standing {
  return {
    connections: sockets.connections(),
    requestUrl: deliveries.requestUrl,
    faults: faults.list(),
    protocolFaults: [...sockets.protocolFaults],
  }
}

function gather(workspace: Workspace): WorkspaceFacts {
  return {
    team: workspace.team,
    app: { id: APP.id, name: workspace.appName, botUserId: APP.botUserId, botId: APP.botId },
    people: [...workspace.users.values()],
    groups: [...workspace.groups.values()],
    channels: [...workspace.channels.values()].filter((channel) => !channel.is_im),
    commands: workspace.commands,
    shortcuts: workspace.shortcuts,
  }
}

function alike<T>(before: readonly T[], now: readonly T[]): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index])
}
