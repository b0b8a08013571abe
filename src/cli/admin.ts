import { userInfo } from 'node:os'
import type { Actor, Change } from '../approval/change.ts'
import type { Client, Identity } from '../approval/principal.ts'
import type { openForAdmin } from '../serve.ts'
import type { ShownClient } from './clients-shown.ts'
import { EXIT, Failure } from './failure.ts'
import { databaseSettings } from './settings.ts'
import { quoted } from './times.ts'

type Service = Awaited<ReturnType<typeof openForAdmin>>['service']

/** Whoever types. The log's envelopes cannot be erased, so no name stands there; the client's creator is in the body. */
export const TERMINAL: Actor = { actor: 'system', source: 'cli' }

/** The account that this process runs as. Some containers have a user without a name. */
export function osIdentity(): Identity {
  try {
    return `os:${userInfo().username.toLowerCase()}`
  } catch {
    return `os:uid-${process.getuid?.() ?? 'unknown'}`
  }
}

/** Opens the database beside whatever serves it, and closes it again. */
export async function administer<T>(work: (service: Service) => Promise<T>): Promise<T> {
  const config = databaseSettings()
  // Loaded last: a wrong argument is answered without waiting for the whole house.
  const { openForAdmin } = await import('../serve.ts')
  const { service, close } = await openForAdmin(config)
  try {
    return await work(service)
  } finally {
    await close()
  }
}

/** @throws Failure where there is none. */
export async function clientOf(service: Service, id: string): Promise<Client> {
  const client = await service.reads.client(id)
  if (client) return client
  throw new Failure('not_found', `there is no client ${quoted(id)}`, { hint: SEE_ALL })
}

export const withLastUse = async (service: Service, client: Client): Promise<ShownClient> => ({
  client,
  lastUsedAtMs: await service.reads.lastUsedAtMs(client.id),
})

/** A key may be changed by two people at once: each change is judged on what the other one left. */
const ATTEMPTS = 5
const SEE_ALL = 'See them all with: countersign clients list'

/** Changes a client that is in use. @throws Failure where there is none, or none that lives. */
export async function changeClient(id: string, rule: (client: Client) => Change): Promise<ShownClient> {
  return administer(async (service) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const client = await clientOf(service, id)
      if (client.revokedAtMs !== null) {
        throw new Failure('revoked', `the client ${id} is revoked already`, { hint: SEE_ALL })
      }
      const change = rule(client)
      if ((await service.record(change)) === 'committed') {
        return withLastUse(service, change.client?.after ?? client)
      }
    }
    const hint = 'Try again.'
    throw new Failure('conflict', 'somebody else keeps changing this client', { exitCode: EXIT.other, hint })
  })
}
