import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createClient } from '../../approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../../approval/client-key.ts'
import { verifyLog } from '../../audit/verify.ts'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { type House, serve } from '../../serve.ts'
import { APPLY, DEMO_POLICY, EXPORT, ROTATE } from './asks.ts'
import { type Answer, type Pipeline, pipeline } from './pipeline.ts'
import { bad, drawMessage, good, machine, person, readable, title } from './terminal.ts'

/** The scene: everything real but the workspace, which is a Slack in a box on this machine. */
interface Scene {
  readonly slack: Sandbox
  readonly house: House
  readonly say: (line: string) => void
}

/**
 * `countersign demo`: three asks go through the real server, the real Bolt app and a sandbox Slack; one person tries to
 * approve her own. Leaves nothing behind.
 * @returns the exit code: 0 where everything went as told.
 */
export async function demo(say: (line: string) => void): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
  const slack = await startSandbox()
  try {
    const house = await openHouse(directory, slack)
    try {
      return await play({ slack, house, say })
    } finally {
      await house.stop()
    }
  } finally {
    await slack.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function openHouse(directory: string, slack: Sandbox): Promise<House> {
  const policyFile = join(directory, 'policy.yaml')
  writeFileSync(policyFile, DEMO_POLICY)
  const house = await serve(
    {
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      databaseFile: join(directory, 'countersign.db'),
      policyFile,
      signingKeyFile: join(directory, 'signing-key.pem'),
      slackMode: 'socket',
      slackApiUrl: slack.apiUrl,
      logLevel: 'fatal',
      logFormat: 'json',
    },
    { slackBotToken: slack.botToken, slackAppToken: slack.appToken, slackSigningSecret: null },
    pino({ level: 'silent' }),
  )
  if (!(await house.connected(10_000))) throw new Error('the sandbox Slack did not connect')
  return house
}

async function play(scene: Scene): Promise<number> {
  const { say, house } = scene
  say(title('Countersign: no privileged action runs without a countersign.'))
  say(`  API on ${house.url}, a Slack workspace in a box, three asks.`)
  await exportByAgent(scene, await newPipeline(house, 'report-agent', 'U0BOB'))
  await applyFromCi(scene, await newPipeline(house, 'deploy-pipeline', 'U0ALICE'))
  await rotateSecret(scene, await newPipeline(house, 'rotation-job', 'U0ADMIN'))
  return verify(scene)
}

async function newPipeline(house: House, name: string, owner: string): Promise<Pipeline> {
  const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
  const client = {
    id,
    name,
    secretHash,
    owners: [owner],
    makers: ['os:demo'],
    scopes: ['request'],
    actFor: false,
    createdAtMs: Date.now(),
    revokedAtMs: null,
  } as const
  await house.service.record(createClient(client, 'os:demo', { actor: 'system', source: 'cli' }, Date.now()))
  return pipeline(house.url, key)
}

async function exportByAgent(scene: Scene, agent: Pipeline): Promise<void> {
  const { say, slack } = scene
  say(title('1. An AI agent wants to export customer data. Bob operates the agent.'))
  say(machine(`POST /v1/requests   ${EXPORT.action} → ${EXPORT.resource}   Prefer: wait=60`))
  const waiting = agent.ask(EXPORT, 60)
  const card = await cardOf(scene, 'C0APPROVALS', EXPORT.title)
  say(drawMessage('#approvals', card.blocks))
  await click(scene, 'Bob', 'U0BOB', card)
  await click(scene, 'Alice', 'U0ALICE', card)
  slack.setGroup('S0DATA', { users: ['U0BOB', 'U0CAROL', 'U0ALICE'] })
  say(person('Alice joins @data-owners. Membership is read at the click, so she counts from now on.'))
  await click(scene, 'Alice', 'U0ALICE', card)
  await click(scene, 'Carol', 'U0CAROL', card)
  const told = await waiting
  say(machine(`the held line answers: ${verdict(told)}`))
  const used = await agent.consume(told.body.id, 'export-1', told.body.payload_digest)
  say(machine(`consume as export-1: ${used.status === 200 ? good('200, go ahead once') : bad(`${used.status}`)}`))
  const again = await agent.consume(told.body.id, 'export-2', told.body.payload_digest)
  say(machine(`consume as export-2: ${bad(`${again.status} ${again.body.code}`)}`))
  await agent.complete(told.body.id, 'export-1', '48211 rows written')
  say(machine('complete: succeeded, 48211 rows written'))
  await closedCard(scene, card)
}

async function applyFromCi(scene: Scene, ci: Pipeline): Promise<void> {
  const { say } = scene
  say(title('2. CI wants to apply a Terraform plan. Two of the SRE group answer at the same moment.'))
  say(machine(`POST /v1/requests   ${APPLY.action} → ${APPLY.resource}`))
  const waiting = ci.ask(APPLY, 60)
  const card = await cardOf(scene, 'C0PROD', APPLY.title)
  say(drawMessage('#prod', card.blocks))
  await Promise.all([click(scene, 'Carol', 'U0CAROL', card), click(scene, 'Dave', 'U0DAVE', card)])
  const told = await waiting
  say(machine(`the held line answers: ${verdict(told)}`))
  const wrong = await ci.consume(told.body.id, 'apply-1', `sha256:${'0'.repeat(64)}`)
  say(machine(`consume with another plan: ${bad(`${wrong.status} ${wrong.body.code}`)}`))
  const used = await ci.consume(told.body.id, 'apply-1', told.body.payload_digest)
  say(machine(`consume with the approved plan: ${used.status === 200 ? good('200') : bad(`${used.status}`)}`))
  await closedCard(scene, card)
}

async function rotateSecret(scene: Scene, job: Pipeline): Promise<void> {
  const { say, slack } = scene
  say(title('3. A job wants to rotate a payment key. The new key is masked before it is stored or shown.'))
  const waiting = job.ask(ROTATE, 60)
  const card = await cardOf(scene, 'C0APPROVALS', ROTATE.title)
  say(drawMessage('#approvals', card.blocks))
  const erin = slack.as('U0ERIN')
  await erin.click(card.channel, card.ts, actionOf(card.blocks, 'deny'))
  const modal = await slack.until(() => erin.modals().at(-1), 'the deny modal')
  const { blockId, actionId } = inputOf(modal.blocks)
  await erin.submit(modal.id, { [blockId]: { [actionId]: 'Not during the sale. Ask again on Monday.' } })
  say(person('Erin clicks Deny and says why.'))
  const told = await waiting
  say(machine(`the held line answers: ${verdict(told)}`))
  await closedCard(scene, card)
}

async function verify({ house, say }: Scene): Promise<number> {
  say(title('4. What an auditor gets'))
  const entries = await house.service.reads.auditEntries(0, 1_000)
  const head = await house.service.reads.head()
  const honest = verifyLog(entries, head)
  for (const { envelope } of entries) {
    const { seq, type, actor } = JSON.parse(envelope) as { seq: number; type: string; actor: string }
    say(`  ${String(seq).padStart(3)}  ${type.padEnd(20)} ${actor}`)
  }
  say(
    honest.whole
      ? good(`  ${head.size} entries, every one as it was written. Root ${head.root.slice(0, 16)}…`)
      : bad(`  the log is damaged: ${honest.problem}`),
  )
  const forged = entries.map((entry) =>
    entry.envelope.includes('decision.recorded') && entry.body
      ? { ...entry, body: entry.body.replace('U0CAROL', 'U0DAVE') }
      : entry,
  )
  const caught = verifyLog(forged, head)
  say(
    caught.whole
      ? bad('  a forged copy passed')
      : good(`  A copy in which Carol is rewritten to Dave: entry ${caught.seq}, ${caught.problem}.`),
  )
  say('')
  return honest.whole && !caught.whole ? 0 : 1
}

interface PostedCard {
  readonly channel: string
  readonly ts: string
  readonly blocks: readonly unknown[]
}

function cardOf({ slack }: Scene, channel: string, text: string): Promise<PostedCard> {
  return slack.until(
    () => slack.messages(channel).find((message) => JSON.stringify(message.blocks).includes(text)),
    `the card in ${channel}`,
  )
}

async function click(scene: Scene, name: string, userId: string, card: PostedCard): Promise<void> {
  const { slack, say } = scene
  const approver = slack.as(userId)
  const before = approver.ephemerals(card.channel).length
  await approver.click(card.channel, card.ts, actionOf(card.blocks, 'approve'), {
    overrideValue: firstValue(card.blocks),
  })
  // A refusal is told to the clicker alone; a yes that counts shows on the card.
  const heard = await slack.until(() => {
    const told = approver.ephemerals(card.channel).slice(before).at(-1)?.text
    const counted = JSON.stringify(slack.message(card.channel, card.ts)?.blocks).includes(userId)
    return told ?? (counted ? 'counted' : undefined)
  }, `an answer to ${name}'s click`)
  say(person(`${name} clicks Approve.${heard === 'counted' ? '' : ` Only ${name} sees: “${readable(heard)}”`}`))
}

async function closedCard({ slack, say }: Scene, card: PostedCard): Promise<void> {
  const closed = await slack.until(() => {
    const message = slack.message(card.channel, card.ts)
    return message?.blocks.some((block) => block['type'] === 'actions') ? undefined : message
  }, 'the closed card')
  say(drawMessage('the card now', closed.blocks))
}

function actionOf(blocks: readonly unknown[], verb: string): string {
  const found = new RegExp(`"action_id":"([^"]*${verb}[^"]*)"`).exec(JSON.stringify(blocks))
  if (!found?.[1]) throw new Error(`the card has no ${verb} button`)
  return found[1]
}

/** The value of the card's first button. */
function firstValue(blocks: readonly unknown[]): string {
  return /"value":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? ''
}

function inputOf(blocks: readonly unknown[]): { blockId: string; actionId: string } {
  const input = (blocks as { type?: string; block_id?: string; element?: { action_id?: string } }[]).find(
    (block) => block.type === 'input',
  )
  return { blockId: input?.block_id ?? '', actionId: input?.element?.action_id ?? '' }
}

const verdict = ({ status, body }: Answer): string => {
  const text = `${status} ${body.status}${body.outcome?.reason ? `: ${body.outcome.reason}` : ''}`
  return body.status === 'approved' ? good(text) : bad(text)
}
