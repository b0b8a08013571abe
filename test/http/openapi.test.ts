import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBLEMS } from '../../src/http/problem.ts'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call } from './wire.ts'

interface Operation {
  readonly security?: readonly object[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>
}
interface Description {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

let house: TestHouse
let key: string
let described: Description
const ajv = new Ajv2020({ strict: false, validateFormats: false })

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client()).key
  described = JSON.parse((await call(house, 'GET', '/openapi.json')).text)
  ajv.addSchema({ $id: 'house', components: described.components })
})
afterAll(() => house.close())

const operation = (method: string, path: string): Operation => {
  const found = described.paths[path]?.[method.toLowerCase()]
  if (!found) throw new Error(`${method} ${path} is not described`)
  return found
}

function compiled(schema: object | undefined): ValidateFunction {
  if (!schema) throw new Error('there is no schema')
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"house#/components')))
}

/** What was answered is what the description says of this status. */
function expectDescribed(method: string, path: string, { status, headers, text }: Answer): void {
  const type = String(headers['content-type']).split(';')[0] ?? ''
  const content = operation(method, path).responses[String(status)]?.content
  expect([status, Object.keys(content ?? {})]).toEqual([status, [type]])
  if (!type.includes('json')) return
  const validate = compiled(content?.[type]?.schema)
  expect([validate(JSON.parse(text)), validate.errors]).toEqual([true, null])
}

describe('/openapi.json', () => {
  test('is OpenAPI 3.1 and describes every route, and none that is not there', () => {
    expect(described.openapi).toBe('3.1.0')
    expect(
      Object.entries(described.paths)
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
        .toSorted(),
    ).toEqual([
      'GET /.well-known/jwks.json',
      'GET /healthz',
      'GET /metrics',
      'GET /openapi.json',
      'GET /readyz',
      'GET /v1/requests',
      'GET /v1/requests/{id}',
      'POST /v1/requests',
      'POST /v1/requests/{id}/cancel',
      'POST /v1/requests/{id}/complete',
      'POST /v1/requests/{id}/consume',
      'POST /v1/requests/{id}/decisions',
    ])
  })

  test('every schema compiles, and the routes of clients ask for a key', () => {
    for (const name of Object.keys(described.components.schemas)) {
      expect(compiled({ $ref: `#/components/schemas/${name}` })).toBeTypeOf('function')
    }
    for (const [path, methods] of Object.entries(described.paths)) {
      for (const each of Object.values(methods)) {
        expect(each.security !== undefined).toBe(path.startsWith('/v1/'))
        for (const { content } of Object.values(each.responses)) {
          for (const { schema } of Object.values(content ?? {})) compiled(schema)
        }
      }
    }
  })

  test('describes the real answers', async () => {
    const body = {
      action: 'data.export',
      environment: 'production',
      params: { a: [1] },
      requester: { agent: { name: 'agent' } },
      context: { risk: 'low' },
    }
    const opened = await ask(house, key, body)
    expectDescribed('POST', '/v1/requests', opened)
    const { id } = opened.json
    await house.decide(id, 'approve')
    const at = (verb: string, sent: unknown): Promise<Answer> =>
      call(house, 'POST', `/v1/requests/${id}/${verb}`, { key, body: sent })
    expectDescribed('GET', '/v1/requests/{id}', await call(house, 'GET', `/v1/requests/${id}`, { key }))
    expectDescribed('POST', '/v1/requests/{id}/complete', await at('complete', { execution_id: 'e', status: 'failed' }))
    expectDescribed('POST', '/v1/requests/{id}/consume', await at('consume', { execution_id: 'e', params: {} }))
    expectDescribed(
      'POST',
      '/v1/requests/{id}/consume',
      await at('consume', { execution_id: 'e', params: body.params }),
    )
    expectDescribed('POST', '/v1/requests/{id}/complete', await at('complete', { execution_id: 'e', status: 'failed' }))
    expectDescribed('POST', '/v1/requests/{id}/cancel', await at('cancel', {}))
    expectDescribed('POST', '/v1/requests/{id}/decisions', await at('decisions', { verdict: 'approve' }))
    expectDescribed('POST', '/v1/requests', await ask(house, key, { action: 'root.shell' }))
    expectDescribed('POST', '/v1/requests', await ask(house, key, { action: 'cache.flush' }))
    expectDescribed('GET', '/v1/requests', await call(house, 'GET', '/v1/requests', { key }))
    for (const path of ['/.well-known/jwks.json', '/healthz', '/readyz', '/openapi.json', '/metrics']) {
      expectDescribed('GET', path, await call(house, 'GET', path))
    }
    house.readiness = { ready: false, checks: { slack: { ok: false, reason: 'away' } } }
    expectDescribed('GET', '/readyz', await call(house, 'GET', '/readyz'))
  })

  test('describes the real problems', async () => {
    expectDescribed('POST', '/v1/requests', await ask(house, 'wrong', {}))
    expectDescribed('POST', '/v1/requests', await ask(house, key, { action: 1, x: 2 }))
    expectDescribed('POST', '/v1/requests', await call(house, 'POST', '/v1/requests', { key, raw: '{' }))
    expectDescribed('POST', '/v1/requests', await call(house, 'POST', '/v1/requests', { key, raw: 'x'.repeat(70_000) }))
    expectDescribed('POST', '/v1/requests', await ask(house, key, {}, { 'content-type': 'text/plain' }))
    expectDescribed('GET', '/v1/requests/{id}', await call(house, 'GET', '/v1/requests/none', { key }))
    expectDescribed('GET', '/v1/requests', await call(house, 'GET', '/v1/requests?limit=0', { key }))
  })

  test('judges bodies as the server does', async () => {
    const { schema } = operation('POST', '/v1/requests').requestBody?.content['application/json'] ?? {}
    const validate = compiled(schema)
    for (const body of [
      { action: 'data.export' },
      {
        action: 'data.export',
        environment: 'production',
        ttl_seconds: 60,
        context: { links: [{ title: 'a', url: 'https://a.example' }] },
      },
      {},
      { action: 'Data.Export' },
      { action: 'a', unknown: 1 },
      { action: 'a', ttl_seconds: 0 },
      { action: 'a', params: [] },
      { action: 'a', context: { risk: 'none' } },
      { action: 'a', requester: { agent: {} } },
      { action: 'a', requester: { on_behalf_of: {} } },
      { action: 'a'.repeat(129) },
    ]) {
      expect([body, validate(body)]).toEqual([body, (await ask(house, key, body)).status === 201])
    }
  })

  test('every problem code is in the description', () => {
    const { properties } = described.components.schemas.Problem as { properties: { code: { enum: readonly string[] } } }
    expect(properties.code.enum.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted())
  })
})
