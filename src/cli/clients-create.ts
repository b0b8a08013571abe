import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { createClient, UNBOUND } from '../approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../approval/client-key.ts'
import { type Client, slackIdentity } from '../approval/principal.ts'
import { administer, osIdentity, TERMINAL } from './admin.ts'
import { readTerms, slackUser, type TermOptions, withTerms } from './clients-terms.ts'
import { newCommand, print, printJson } from './command.ts'
import { EXIT, Failure } from './failure.ts'
import { stamp } from './times.ts'

interface Options extends TermOptions {
  readonly creator?: string
  readonly json?: boolean
}

export const createCommand = (): Command =>
  withTerms(
    newCommand('create', 'Make an API client and print its key, once', [
      'clients create nightly-export --owner U0ALICE',
      'clients create report-agent --owner U0ALICE --action "data.*" --environment staging --expires 90d',
      'clients create gateway --owner U0ALICE --owner U0BOB --scope request --scope enforce --ip 192.0.2.0/24 --json',
    ]).argument('<name>', 'what people read on the card, 1 to 64 characters'),
    'default',
  )
    .option('--creator <slack user id>', 'who makes it, beside this machine’s user: cannot approve what it asks either')
    .action(create)

async function create(name: string, options: Options): Promise<void> {
  const client = await describe(name, options)
  for (let attempt = 0; attempt < 3; attempt++) {
    const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
    const nowMs = Date.now()
    const change = createClient({ ...client, id, secretHash, createdAtMs: nowMs }, osIdentity(), TERMINAL, nowMs)
    // Dies behind this line: the client is there and nobody has its key. `clients rotate` gives another one.
    if ((await administer((service) => service.record(change))) === 'committed') {
      if (options.json) return printJson({ id, name, key })
      return show(id, name, key, client.expiresAtMs === null ? [] : [`It expires at ${stamp(client.expiresAtMs)}.`])
    }
  }
  const hint = 'Try again.'
  throw new Failure('conflict', 'the new client could not be stored', { exitCode: EXIT.other, hint })
}

export function show(id: string, name: string, key: string, more: readonly string[] = []): void {
  const use = 'The key is shown this once. Send it as "Authorization: Bearer <key>".'
  print([`id:   ${id}\nname: ${name}\nkey:  ${key}\n`, use, ...more].join('\n'))
}

async function describe(name: string, options: Options): Promise<Omit<Client, 'id' | 'secretHash' | 'createdAtMs'>> {
  if (name.length > 64 || name !== name.trim() || !/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(name)) {
    const hint = 'Approvers read it on the card: 1 to 64 visible characters, without space at either end.'
    throw new Failure('name_invalid', 'that is no name for a client', { hint })
  }
  const { owners, ...terms } = await readTerms(options, Date.now())
  if (!owners) {
    const hint = 'Add --owner U… for each person who answers for this client; they cannot approve what it asks.'
    throw new Failure('owner_missing', 'a client needs at least one owner', { hint })
  }
  // Whoever types sees the key, whoever she says that she is (B29).
  const makers = [osIdentity(), ...(options.creator === undefined ? [] : [slackIdentity(slackUser(options.creator))])]
  return { ...UNBOUND, scopes: ['request'], actFor: false, ...terms, name, owners, makers }
}
