import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDemo } from '../../src/demo/demo.ts'
import { DEMO_POLICY } from '../../src/demo/policy.ts'
import { says } from './acting.ts'
import { openDemo, type Spectator } from './spectator.ts'

let at: Spectator
beforeAll(async () => {
  at = await openDemo()
})
afterAll(() => at.close())

const get = async (path: string) => {
  const response = await fetch(new URL(path, at.demo.page))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('whoever opens the page is told everything there is', async () => {
  expect(at.facts()).toMatchObject({ api: at.demo.api, curl: expect.stringContaining('$COUNTERSIGN_TOKEN') })
  expect(at.pipelines().length).toBeGreaterThanOrEqual(12)
  expect(at.audit().check).toEqual({ whole: true, entries: at.audit().all.length })
  expect(at.audit().all.map(({ summary }) => summary)).toContain('client report-agent made, owned by Bob')
})

it('the policy is shown as it stands on disk', async () => {
  expect(await get('/beside/policy')).toEqual({ status: 200, body: { yaml: DEMO_POLICY } })
})

it('the log tells in plain words who asked, who was refused, who said yes and what came of it', async () => {
  const run = await at.start('agent-export')
  await says(at, run, 'U0BOB')
  await says(at, run, 'U0CAROL')
  const { requestId } = await at.reaches(run, 'done')
  const told = () => at.audit().all.filter((entry) => entry.requestId === requestId)
  await at.log(() => told().some(({ type }) => type === 'grant.completed'), 'the report in the log')
  expect(told().map(({ summary }) => summary)).toEqual([
    'report-agent asks for data.export on s3://partner-bucket/customers-2026-q3.csv',
    'Bob said yes, and was refused: self_approval',
    'Carol said yes',
    'approved by the people asked',
    'report-agent used the yes, once',
    'report-agent reported: succeeded',
  ])
  for (const { envelope, seq } of told()) expect(JSON.parse(envelope)).toMatchObject({ seq, request_id: requestId })
})

it('an entry that is cut on the page can be had whole', async () => {
  const run = await at.start('long-script')
  const waiting = await at.reaches(run, 'waiting')
  const opened = () => at.audit().all.find(({ requestId }) => requestId === waiting.requestId)
  await at.log(opened, 'the ask in the log')
  expect(opened()?.bodyCut).toBe(true)
  const { body } = await get(`/beside/audit/${opened()?.seq}`)
  expect(body.bodyCut).toBe(false)
  expect(JSON.parse(String(body.body))).toHaveProperty('request.ask.params.script')
  await at.post(`/beside/runs/${run.id}/cancel`)
})

it.each([
  ['POST', '/beside/pipelines/no-such/run', 404],
  ['POST', '/beside/runs/run-0/cancel', 404],
  ['POST', '/beside/tamper', 400],
  ['GET', '/beside/tamper', 405],
  ['GET', '/beside/audit/999999', 404],
  ['GET', '/beside/nothing', 404],
  ['GET', '/beside/../beside/..%2f', 404],
] as const)('%s %s is answered with %s and a sentence', async (method, path, status) => {
  const { status: got, body } = method === 'GET' ? await get(path) : await at.post(path)
  expect([got, body.error]).toEqual([status, expect.stringMatching(/^[A-Z"].*\.$|^\/.*\.$/)])
})

it('the visitor’s own key asks like every other, and Alice, who owns it, cannot approve that', async () => {
  const { api, key, slack } = at.demo
  const body = JSON.stringify({ action: 'data.export', environment: 'production', params: { rows: 12 } })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(`${api}/v1/requests`, { method: 'POST', headers, body })
  const { id, status } = (await response.json()) as { id: string; status: string }
  expect([response.status, status]).toEqual([201, 'pending'])
  await slack.until(() => slack.messages('C0APPROVALS').find((m) => JSON.stringify(m.blocks).includes(id)), 'its card')
  expect(at.demo.curl).toContain(key)
})

it('a taken port is an error, and nothing is left behind', async () => {
  await expect(startDemo({ port: Number(new URL(at.demo.page).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
