import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createClient, UNBOUND } from '../src/approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../src/approval/client-key.ts'
import { shortDigest } from '../src/approval/digest.ts'
import { serve } from '../src/serve.ts'

/**
 * The whole house as the bench drives it: the real `serve`, told over IPC to decide (as a click would, but without the
 * click's own time) and to say how much memory it holds.
 *
 * argv: API URL of a sandbox Slack, its bot token, its app token.
 */
const [, , slackApiUrl = '', slackBotToken = '', slackAppToken = ''] = process.argv
const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
const policyFile = join(directory, 'policy.yaml')
writeFileSync(
  policyFile,
  `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { users: [U0BOB] } }
defaults: { effect: deny, ttl: 1d }
rules:
  - { id: exports, match: { action: data.export }, effect: require_approval, approvals: [{ from: owners }] }
limits: { requests_per_minute: 100000000, pending_per_client: 100000000 }
`,
)
const house = await serve(
  {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    databaseFile: join(directory, 'countersign.db'),
    policyFile,
    signingKeyFile: join(directory, 'key.pem'),
    slackMode: 'socket',
    slackApiUrl,
    oidcAllowHttpLoopback: false,
    logLevel: 'fatal',
    logFormat: 'json',
  },
  { slackBotToken, slackAppToken, slackSigningSecret: null },
  pino({ level: 'silent' }),
)
await house.connected(10_000)
const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
const client = {
  id,
  name: 'bench',
  secretHash,
  owners: ['U0ALICE'],
  makers: ['os:bench'],
  scopes: ['request'],
  actFor: false,
  createdAtMs: Date.now(),
  ...UNBOUND,
} as const
await house.service.record(createClient(client, 'os:bench', { actor: 'system', source: 'cli' }, Date.now()))

let committedAt = ''
house.service.onCommitted((change) => {
  if (change.request?.before) committedAt = process.hrtime.bigint().toString()
})
process.on('message', async (message: { decide?: string; memory?: boolean }) => {
  if (message.memory) {
    globalThis.gc?.()
    process.send?.({ memory: process.memoryUsage() })
  }
  if (message.decide === undefined) return
  const request = await house.service.reads.request(message.decide)
  if (!request) throw new Error(`${message.decide} is not there`)
  const settled = await house.service.decide({
    requestId: request.id,
    digestShown: shortDigest(request.payloadDigest),
    verdict: 'approve',
    reason: null,
    surface: 'slack',
    teamId: 'T0SANDBOX',
    userId: 'U0BOB',
    channel: null,
  })
  if ('refused' in settled) throw new Error(`the decision was refused: ${settled.refused}`)
  process.send?.({ decided: request.id, committedAt })
})
process.on('SIGTERM', async () => {
  await house.stop()
  process.exit(0)
})
process.send?.({ url: house.url, key })
