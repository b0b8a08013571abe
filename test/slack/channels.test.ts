import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Policy } from '../../src/policy/policy.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { PolicyInForce } from '../../src/slack/channels.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { policyFrom } from '../policy/policies.ts'
import { eventually } from './door.ts'

let sandbox: Sandbox
let policy: PolicyInForce
const logged: string[] = []
const told: string[] = []

beforeEach(async () => {
  logged.length = 0
  told.length = 0
  sandbox = await startSandbox({ rateLimits: false })
  const { reading } = slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl })
  policy = new PolicyInForce(reading, pino({}, { write: (line: string) => void logged.push(line) }), {
    onInForce: async ({ slack }) => void told.push(`in force: ${slack.channel}`),
    onRefused: async (problem, stays) => void told.push(`refused: ${problem}; stays: ${stays?.slack.channel}`),
  })
})
afterEach(async () => {
  policy.close()
  await sandbox.stop()
})

const posting = (channel: string): Policy => policyFrom(`version: 1\nslack: { channel: "${channel}" }\nrules: []\n`)
const lookups = () => sandbox.calls.filter(({ method }) => method === 'conversations.list')

it('a policy that names channels by id is in force at once', async () => {
  await policy.take(posting('C0PROD'))
  expect([policy.current()?.slack.channel, policy.reason, told]).toEqual(['C0PROD', null, ['in force: C0PROD']])
})

it('a name is replaced by the id that bears it now', async () => {
  await policy.take(posting('#prod'))
  expect([policy.current(), told]).toEqual([null, []])
  expect(policy.reason).toContain('not looked up yet')
  await eventually(() => policy.current(), 'the policy')
  expect([policy.current()?.slack.channel, policy.reason, told]).toEqual(['C0PROD', null, ['in force: C0PROD']])
})

it('at a start with an unknown name there is no policy to judge by, and the reason names it', async () => {
  await policy.take(posting('#nowhere'))
  await eventually(() => told.length > 0, 'the refusal')
  expect(policy.current()).toBeNull()
  expect(policy.reason).toContain('#nowhere')
  expect(told).toEqual(['refused: no channel is called #nowhere, or the bot may not see it; stays: undefined'])
})

it('while the newest policy waits the old one judges nothing; once it is known to be wrong the old one stays', async () => {
  await policy.take(posting('C0PROD'))
  await policy.take(posting('#nowhere'))
  expect([policy.current(), policy.lastGood?.slack.channel]).toEqual([null, 'C0PROD'])
  await eventually(() => policy.current(), 'the old policy')
  expect(policy.current()?.slack.channel).toBe('C0PROD')
  await policy.take(posting('C0RANDOM'))
  expect([policy.current()?.slack.channel, policy.reason]).toEqual(['C0RANDOM', null])
})

it('once it is closed a lookup that was under way comes to nothing, whatever Slack answers', async () => {
  sandbox.fault({ method: 'conversations.list', kind: 'slow', ms: 300 })
  await policy.take(posting('#prod'))
  await eventually(() => lookups().length > 0, 'the lookup')
  policy.close()
  await eventually(() => lookups().every(({ outcome }) => outcome === 'ok'), 'the answer')
  await new Promise((resolve) => setImmediate(resolve))
  expect([policy.current(), told, logged, lookups().length]).toEqual([null, [], [], 1])
})
