import { pino } from 'pino'
import { expect, test } from 'vitest'
import { PolicyInForce } from '../../src/slack/channels.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { policyFrom } from '../policy/policies.ts'

test('INV4 a policy that judges is recorded as soon as the disk takes it, also where the first try failed', async () => {
  const { reading } = slackClients({ token: 'xoxb-x', apiUrl: 'http://127.0.0.1:9/api/' })
  let full = true
  const recorded: string[] = []
  const inForce = new PolicyInForce(reading, pino({ level: 'silent' }), {
    onInForce: async (policy) => {
      if (full) throw new Error('the disk is full')
      recorded.push(policy.digest)
    },
    onRefused: async () => {},
  })
  const policy = policyFrom('version: 1\nslack: { channel: C0APPROVALS }\n')
  await inForce.take(policy).catch(() => {})
  full = false
  // Either it does not judge, or the log will hold its text: RESOLVE_AGAIN_MS is five seconds.
  const deadline = Date.now() + 7_000
  while (inForce.current() && recorded.length === 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  inForce.close()
  expect(inForce.current() === null || recorded.includes(policy.digest)).toBe(true)
})
