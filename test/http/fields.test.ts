import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOSTILE } from './hostile-strings.ts'
import { openHouse, type TestHouse } from './house.ts'
import { expectProblem, said } from './said.ts'
import { ask, call } from './wire.ts'

let house: TestHouse
let key: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client({ actFor: true })).key
})
afterAll(() => house.close())

const BASE = { action: 'data.export', environment: 'production' }
const TOO_LONG = 'x'.repeat(40_000)

describe('I7 and I8: fields', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['no action', {}, ['/action']],
    ['a number for a string', { action: 5 }, ['/action']],
    ['an upper-case action', { action: 'Data.Export' }, ['/action']],
    ['an action with an empty word', { action: 'data..export' }, ['/action']],
    ['an action of 129', { action: 'a'.repeat(129) }, ['/action']],
    ['a homoglyph in an action', { action: 'dаta.export' }, ['/action']],
    ['an empty resource', { ...BASE, resource: '' }, ['/resource']],
    ['white space alone', { ...BASE, resource: ' \t ', title: '\u2003' }, ['/resource', '/resource', '/title']],
    ['a resource of 513', { ...BASE, resource: 'x'.repeat(513) }, ['/resource']],
    ['an environment of 65', { action: 'a', environment: 'x'.repeat(65) }, ['/environment']],
    ['a new line in a title', { ...BASE, title: 'a\nb' }, ['/title']],
    ['a line separator in a title', { ...BASE, title: 'a\u2028b' }, ['/title']],
    ['an escape in a title', { ...BASE, title: 'a\u001b[31m' }, ['/title']],
    ['a title that is far too long', { ...BASE, title: TOO_LONG }, ['/title']],
    ['a reason of 2001', { ...BASE, reason: 'x'.repeat(2001) }, ['/reason']],
    ['an array for a string', { ...BASE, reason: ['x'] }, ['/reason']],
    ['null for a string', { ...BASE, reason: null }, ['/reason']],
    ['params that are a list', { ...BASE, params: [] }, ['/params']],
    ['params that are null', { ...BASE, params: null }, ['/params']],
    ['pointers that are none', { ...BASE, sensitive: ['password', '/a~2'] }, ['/sensitive/0', '/sensitive/1']],
    ['too many pointers', { ...BASE, sensitive: Array(51).fill('') }, ['/sensitive']],
    ['a ttl of 0', { ...BASE, ttl_seconds: 0 }, ['/ttl_seconds']],
    ['a ttl of -1', { ...BASE, ttl_seconds: -1 }, ['/ttl_seconds']],
    ['a ttl of 1.5', { ...BASE, ttl_seconds: 1.5 }, ['/ttl_seconds']],
    ['a ttl of 10^12', { ...BASE, ttl_seconds: 1e12 }, ['/ttl_seconds']],
    ['a ttl as text', { ...BASE, ttl_seconds: '1h ' }, ['/ttl_seconds']],
    ['a grant ttl of two days', { ...BASE, grant_ttl_seconds: 172_800 }, ['/grant_ttl_seconds']],
    ['a past expires_at', { ...BASE, expires_at: '2020-01-01T00:00:00Z' }, ['/expires_at']],
    ['T6: approvers', { ...BASE, approvers: ['U0MALLORY'] }, ['/approvers']],
    ['T6: policy and status', { ...BASE, policy: {}, status: 'approved' }, ['/policy', '/status']],
    ['an unknown risk', { ...BASE, context: { risk: 'none' } }, ['/context/risk']],
    ['reversible as text', { ...BASE, context: { reversible: 'yes' } }, ['/context/reversible']],
    [
      'a link without a title',
      { ...BASE, context: { links: [{ url: 'https://a.example' }] } },
      ['/context/links/0/title'],
    ],
    [
      'an unknown field deep down',
      { ...BASE, context: { links: [{ title: 'a', url: 'https://a.example', u: 1 }] } },
      ['/context/links/0/u'],
    ],
    ['details that are text', { ...BASE, context: { details: 'x' } }, ['/context/details']],
    ['an agent without a name', { ...BASE, requester: { agent: { model: 'm' } } }, ['/requester/agent/name']],
    ['nobody to act for', { ...BASE, requester: { on_behalf_of: {} } }, ['/requester/on_behalf_of']],
    [
      'two people to act for',
      { ...BASE, requester: { on_behalf_of: { email: 'a@example.com', slack_user_id: 'U0ALICE' } } },
      ['/requester/on_behalf_of'],
    ],
    [
      'an address that is none',
      { ...BASE, requester: { on_behalf_of: { email: 'alice' } } },
      ['/requester/on_behalf_of/email'],
    ],
    [
      'a look-alike address',
      { ...BASE, requester: { on_behalf_of: { email: 'аlice@example.com' } } },
      ['/requester/on_behalf_of/email'],
    ],
    [
      'a Slack name for an id',
      { ...BASE, requester: { on_behalf_of: { slack_user_id: 'alice' } } },
      ['/requester/on_behalf_of/slack_user_id'],
    ],
    [
      'everything at once',
      { action: '', titel: 'x', ttl_seconds: 0, context: { risk: 1 } },
      ['/action', '/action', '/context/risk', '/titel', '/ttl_seconds'],
    ],
  ])('%s is refused with its pointer', async (_name, body, pointers) => {
    const answer = await ask(house, key, body)
    expectProblem(answer, 422, 'validation_failed')
    expect(said(answer).slice(2).toSorted()).toEqual(pointers)
  })

  test('a misspelt field is told which one was meant', async () => {
    expect((await ask(house, key, { ...BASE, enviroment: 'x' })).text).toContain('did you mean \\"environment\\"?')
    const deep = await ask(house, key, { ...BASE, requester: { agent: { name: 'a', modle: 'm' } } })
    expect(deep.text).toContain('did you mean \\"model\\"?')
    const list = await ask(house, key, { ...BASE, context: { data: [{ name: 'a', clasification: 'b' }] } })
    expect(list.text).toContain('did you mean \\"classification\\"?')
  })

  test('the range of a number is told', async () => {
    expect((await ask(house, key, { ...BASE, ttl_seconds: 0 })).text).toContain('from 1 to 2592000')
  })

  test('a pointer of sensitive that finds nothing is refused: a typing error would show the secret', async () => {
    const body = { ...BASE, params: { card: '4111', name: 'x' }, sensitive: ['/name', '/crad'] }
    expect(said(await ask(house, key, body))).toEqual([422, 'validation_failed', '/sensitive/1'])
    const masked = await ask(house, key, { ...body, sensitive: ['/card'] })
    expect(masked.json.params).toEqual({ card: '[masked]', name: 'x' })
  })

  test.each(HOSTILE)('the harmless text %j comes back byte for byte', async (text) => {
    const sent = {
      ...BASE,
      reason: text,
      params: { text, [`${text} !`]: [text] },
      context: { details: { [`${text} !`]: text } },
    }
    const opened = await ask(house, key, sent)
    expect(opened.status).toBe(201)
    const read = await call(house, 'GET', `/v1/requests/${opened.json.id}`, { key })
    for (const { json } of [opened, read]) {
      expect(json.reason).toBe(text)
      expect(json.params).toEqual(sent.params)
      expect(json.context).toEqual(sent.context)
    }
  })
})

describe('I14: callbacks', () => {
  test.each([
    'http://hooks.example.com/x',
    'ftp://hooks.example.com/x',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_',
    'data:text/plain,x',
    'javascript:alert(1)',
    'https://localhost/',
    'https://localhost./',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://metadata.google.internal/',
    'https://good@127.0.0.1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://localtest.example/',
    'https://hooks.example.com/ok',
  ])('%s is refused, in words that say why', async (url) => {
    const answer = await ask(house, key, { ...BASE, callback: { url } })
    expect(said(answer)).toEqual([422, 'validation_failed', '/callback'])
    expect(answer.text).toContain('webhooks come in a later version')
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///x',
    'https://u:p@a.example',
    'a.example',
    '//a.example',
  ])('a link for people must not be %s', async (url) => {
    const answer = await ask(house, key, { ...BASE, context: { links: [{ title: 'run', url }] } })
    expect(said(answer)).toEqual([422, 'validation_failed', '/context/links/0/url'])
  })
})
