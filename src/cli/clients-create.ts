import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { createClient } from '../approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../approval/client-key.ts'
import { type Client, type Identity, SCOPES, type Scope, slackIdentity } from '../approval/principal.ts'
import { administer, osIdentity, TERMINAL } from './admin.ts'
import { newCommand, print, printJson } from './command.ts'
import { EXIT, Failure } from './failure.ts'

interface Options {
  readonly owner?: readonly string[]
  readonly scope?: readonly string[]
  readonly actFor?: boolean
  readonly creator?: string
  readonly json?: boolean
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export function createCommand(): Command {
  return newCommand('create', 'Make an API client and print its key, once', [
    'clients create nightly-export --owner U0ALICE',
    'clients create gateway --owner U0ALICE --owner U0BOB --scope request --scope enforce --json',
  ])
    .argument('<name>', 'what people read on the card, 1 to 64 characters')
    .option(
      '--owner <slack user id>',
      'who answers for it, and so can never approve what it asks (repeatable)',
      collect,
    )
    .option('--scope <scope>', `${SCOPES.join(', ')} (repeatable; default: request)`, collect)
    .option('--act-for', 'may name a person it acts for (requester.on_behalf_of)')
    .option('--creator <slack user id>', 'who makes it, if not this machine’s user')
    .action(create)
}

async function create(name: string, options: Options): Promise<void> {
  const client = describe(name, options)
  for (let attempt = 0; attempt < 3; attempt++) {
    const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
    const nowMs = Date.now()
    const change = createClient(
      { ...client, id, secretHash, createdAtMs: nowMs, revokedAtMs: null },
      osIdentity(),
      TERMINAL,
      nowMs,
    )
    // Dies behind this line: the client is there and nobody has its key. `clients rotate` gives another one.
    if ((await administer((service) => service.record(change))) === 'committed')
      return show(id, name, key, options.json)
  }
  const hint = 'Try again.'
  throw new Failure('conflict', 'the new client could not be stored', { exitCode: EXIT.other, hint })
}

export function show(id: string, name: string, key: string, json: boolean | undefined): void {
  if (json) printJson({ id, name, key })
  else
    print(
      `id:   ${id}\nname: ${name}\nkey:  ${key}\n\nThe key is shown this once. Send it as "Authorization: Bearer <key>".`,
    )
}

function describe(name: string, options: Options): Pick<Client, 'name' | 'owners' | 'makers' | 'scopes' | 'actFor'> {
  if (name.length > 64 || name !== name.trim() || !/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(name)) {
    const hint = 'Approvers read it on the card: 1 to 64 visible characters, without space at either end.'
    throw new Failure('name_invalid', 'that is no name for a client', { hint })
  }
  const owners = [...new Set((options.owner ?? []).map(slackUser))]
  if (owners.length === 0) {
    const hint = 'Add --owner U… for each person who answers for this client; they cannot approve what it asks.'
    throw new Failure('owner_missing', 'a client needs at least one owner', { hint })
  }
  const scopes = [...new Set((options.scope ?? []).map(scope))]
  const creator: Identity = options.creator === undefined ? osIdentity() : slackIdentity(slackUser(options.creator))
  return {
    name,
    owners,
    makers: [creator],
    scopes: scopes.length > 0 ? scopes : ['request'],
    actFor: options.actFor === true,
  }
}

/** Ids only: a name or an address can change hands, and then another person would be barred. */
function slackUser(text: string): string {
  if (/^[UW][A-Z0-9]{2,20}$/.test(text)) return text
  const hint = 'In Slack, open the profile, then "…" and "Copy member ID": it looks like U0ALICE.'
  throw new Failure('user_id_invalid', `${JSON.stringify(text.slice(0, 80))} is no Slack user id`, { hint })
}

function scope(text: string): Scope {
  const known = SCOPES.find((each) => each === text)
  if (known) return known
  const hint = `The scopes are: ${SCOPES.join(', ')}.`
  throw new Failure('scope_unknown', `${JSON.stringify(text.slice(0, 80))} is no scope`, { hint })
}
