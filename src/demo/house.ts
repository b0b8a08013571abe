import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { createClient, UNBOUND } from '../approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../approval/client-key.ts'
import type { Sandbox } from '../sandbox/index.ts'
import { type House, serve } from '../serve.ts'
import { DEMO_POLICY } from './policy.ts'

const CONNECT_MS = 10_000

export const databaseIn = (directory: string): string => join(directory, 'countersign.db')

/** The real server, as an operator would start it, with everything it writes in `directory`. */
export async function openHouse(directory: string, slack: Sandbox): Promise<House> {
  const policyFile = join(directory, 'policy.yaml')
  writeFileSync(policyFile, DEMO_POLICY)
  const house = await serve(
    {
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      databaseFile: databaseIn(directory),
      policyFile,
      signingKeyFile: join(directory, 'signing-key.pem'),
      slackMode: 'socket',
      slackApiUrl: slack.apiUrl,
      oidcAllowHttpLoopback: false,
      logLevel: 'fatal',
      logFormat: 'json',
    },
    { slackBotToken: slack.botToken, slackAppToken: slack.appToken, slackSigningSecret: null },
    pino({ level: 'silent' }),
  )
  if (await house.connected(CONNECT_MS)) return house
  await house.stop()
  throw new Error('the sandbox Slack did not connect')
}

/** A client of the API and the one key of it. @param owner Slack user id. */
export async function newClient(house: House, name: string, owner: string): Promise<{ id: string; key: string }> {
  const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
  const client = {
    id,
    name,
    secretHash,
    owners: [owner],
    makers: ['os:demo'],
    scopes: ['request'],
    actFor: false,
    ...UNBOUND,
    createdAtMs: Date.now(),
    revokedAtMs: null,
  } as const
  await house.service.record(createClient(client, 'os:demo', { actor: 'system', source: 'cli' }, Date.now()))
  return { id, key }
}
