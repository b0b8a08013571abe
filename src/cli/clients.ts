import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { revokeClient, rotateClient } from '../approval/client.ts'
import { CLIENT_KEY_BYTES, keyOfClient } from '../approval/client-key.ts'
import { administer, changeClient, clientOf, osIdentity, TERMINAL, withLastUse } from './admin.ts'
import { createCommand, show } from './clients-create.ts'
import { clientJson, clientLines, clientSheet } from './clients-shown.ts'
import { updateCommand } from './clients-update.ts'
import { newCommand, newGroup, print, printJson } from './command.ts'
import { Failure } from './failure.ts'
import { readDuration, stamp } from './times.ts'

interface Options {
  readonly json?: boolean
}

/** Longer is no rotation: two keys work all that time. */
const LONGEST_OVERLAP = '7d'

export const clientsCommand = (): Command =>
  newGroup(
    'clients',
    'Create, list, change, rotate and revoke API clients, with the server running or not',
    [
      createCommand(),
      newCommand('list', 'List the clients, without their keys', ['clients list', 'clients list --json']).action(list),
      newCommand('show', 'Everything that is known of one client, but its key', ['clients show abcdefgh2345'])
        .argument('<id>', 'the client’s id')
        .action(showOne),
      updateCommand(),
      newCommand('rotate', 'Give a client another key', [
        'clients rotate abcdefgh2345',
        'clients rotate abcdefgh2345 --overlap 24h',
      ])
        .argument('<id>', 'the client’s id')
        .option(
          '--overlap <duration>',
          `how long the key of now works on, at most ${LONGEST_OVERLAP} (default: it stops at once)`,
        )
        .action(rotate),
      newCommand('revoke', 'No key of this client works any more', ['clients revoke abcdefgh2345'])
        .argument('<id>', 'the client’s id')
        .action(revoke),
    ],
    ['clients create nightly-export --owner U0ALICE', 'clients list --json'],
  )

async function list(options: Options): Promise<void> {
  const clients = await administer(async (service) => {
    const known = await service.reads.clients()
    return Promise.all(known.map((client) => withLastUse(service, client)))
  })
  const nowMs = Date.now()
  if (options.json) return printJson(clients.map((client) => clientJson(client, nowMs)))
  if (clients.length === 0) return print('No clients yet. Make one with: countersign clients create NAME --owner U…')
  print(clients.map((client) => clientLines(client, nowMs)).join('\n'))
}

async function showOne(id: string, options: Options): Promise<void> {
  const shown = await administer(async (service) => withLastUse(service, await clientOf(service, id)))
  if (options.json) return printJson(clientJson(shown, Date.now()))
  print(clientSheet(shown, Date.now()))
}

async function rotate(id: string, options: Options & { readonly overlap?: string }): Promise<void> {
  const overlapMs = options.overlap === undefined ? 0 : readDuration('overlap', options.overlap, LONGEST_OVERLAP)
  const { key, secretHash } = keyOfClient(id, randomBytes(CLIENT_KEY_BYTES))
  const { client } = await changeClient(id, (known) => {
    const nowMs = Date.now()
    if (known.expiresAtMs !== null && nowMs >= known.expiresAtMs) {
      const hint = `Give it time first: countersign clients update ${id} --expires 90d`
      throw new Failure('expired', `the client ${id} expired at ${stamp(known.expiresAtMs)}, and so would a new key`, {
        hint,
      })
    }
    return rotateClient(known, secretHash, osIdentity(), TERMINAL, nowMs, overlapMs)
  })
  const until = client.previous ? stamp(client.previous.untilMs) : null
  if (options.json) return printJson({ id, name: client.name, key, ...(until && { previous_key_until: until }) })
  show(id, client.name, key, [until ? `The key before works until ${until}.` : 'The key before works no more.'])
}

async function revoke(id: string, options: Options): Promise<void> {
  const shown = await changeClient(id, (each) => revokeClient(each, osIdentity(), TERMINAL, Date.now()))
  if (options.json) return printJson(clientJson(shown, Date.now()))
  print(`The client ${id} (${shown.client.name}) is revoked: no key of it works any more.`)
}
