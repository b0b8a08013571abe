import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { revokeClient, rotateClient } from '../approval/client.ts'
import { CLIENT_KEY_BYTES, keyOfClient } from '../approval/client-key.ts'
import type { Client } from '../approval/principal.ts'
import { administer, changeClient, osIdentity, TERMINAL } from './admin.ts'
import { createCommand, show } from './clients-create.ts'
import { newCommand, newGroup, print, printJson } from './command.ts'

interface Options {
  readonly json?: boolean
}

export const clientsCommand = (): Command =>
  newGroup(
    'clients',
    'Create, list, rotate and revoke API clients, with the server running or not',
    [
      createCommand(),
      newCommand('list', 'List the clients, without their keys', ['clients list', 'clients list --json']).action(list),
      newCommand('rotate', 'Give a client another key; the old one stops at once', ['clients rotate abcdefgh2345'])
        .argument('<id>', 'the client’s id')
        .action(rotate),
      newCommand('revoke', 'No key of this client works any more', ['clients revoke abcdefgh2345'])
        .argument('<id>', 'the client’s id')
        .action(revoke),
    ],
    ['clients create nightly-export --owner U0ALICE', 'clients list --json'],
  )

async function list(options: Options): Promise<void> {
  const clients = await administer(async (service) => service.reads.clients())
  if (options.json) return printJson(clients.map(described))
  if (clients.length === 0) return print('No clients yet. Make one with: countersign clients create NAME --owner U…')
  for (const each of clients) {
    const { id, name, owners, scopes, revokedAtMs } = each
    const state = revokedAtMs === null ? scopes.join(',') : `revoked ${time(revokedAtMs)}`
    print(`${id}  ${name}  owners ${owners.join(',')}  ${state}`)
  }
}

async function rotate(id: string, options: Options): Promise<void> {
  const { key, secretHash } = keyOfClient(id, randomBytes(CLIENT_KEY_BYTES))
  const { name } = await changeClient(id, (client) =>
    rotateClient(client, secretHash, osIdentity(), TERMINAL, Date.now()),
  )
  show(id, name, key, options.json)
}

async function revoke(id: string, options: Options): Promise<void> {
  const client = await changeClient(id, (each) => revokeClient(each, osIdentity(), TERMINAL, Date.now()))
  if (options.json) return printJson(described(client))
  print(`The client ${id} (${client.name}) is revoked: no key of it works any more.`)
}

const time = (ms: number): string => new Date(ms).toISOString()

function described(client: Client) {
  const { id, name, owners, makers, scopes, actFor, createdAtMs, revokedAtMs } = client
  return {
    id,
    name,
    owners,
    makers,
    scopes,
    act_for: actFor,
    created_at: time(createdAtMs),
    revoked_at: revokedAtMs === null ? null : time(revokedAtMs),
  }
}
