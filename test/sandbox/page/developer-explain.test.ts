import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explain, explainProtocolFault } from '../../../src/sandbox/page/developer/explain.ts'
import { SLACK_ERRORS } from '../../../src/sandbox/page/developer/slack-errors.ts'

const SANDBOX = join(import.meta.dirname, '../../../src/sandbox')
const engine = readdirSync(SANDBOX, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^(page|control)\b/.test(name))
  .map((name) => readFileSync(join(SANDBOX, name), 'utf8'))
  .join('\n')
/** Every error that the sandbox itself throws. */
const thrown = [...engine.matchAll(/(?:ApiError|invalid)\('([a-z_]+)'/g)].map(([, code = '']) => code)

describe('what an error means', () => {
  it('is said, with what to do, for every error of the sandbox', () => {
    const unknown = explain('a_code_that_nobody_knows')
    expect(thrown.length).toBeGreaterThan(30)
    expect([...new Set(thrown)].filter((code) => explain(code)?.means === unknown?.means)).toEqual([])
    expect(unknown?.todo).toContain('documentation')
  })

  it.each([...SLACK_ERRORS])('%s: two plain sentences', (_, sentences) => {
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^\n]{6,120}\.$/)
  })

  it('is nothing where all is well', () => {
    expect(explain('ok', 'chat.postMessage')).toBeUndefined()
    expect(explain('pending')).toBeUndefined()
  })

  it('depends on the method where Slack’s word does', () => {
    expect(explain('invalid_auth', 'apps.connections.open')?.todo).toContain('xapp-')
    expect(explain('invalid_auth', 'chat.postMessage')?.todo).not.toContain('xapp-')
  })

  it('warns after a 5xx that the deed may have been done', () => {
    expect(explain('503')?.todo).toContain('look whether')
    expect(explain('404')?.todo).not.toContain('look whether')
  })

  it('tells Slack’s status from that of the app', () => {
    expect(explain('http_error_401')?.means).toContain('The app answered HTTP 401')
    expect(explain('http_error_401')?.todo).toContain('signing secret')
    expect(explain('http_error_404')?.todo).toContain('path')
  })

  it('never takes an inherited name for an error', () => {
    expect(explain('constructor')?.todo).toContain('documentation')
  })
})

describe('a breach of the Socket Mode protocol', () => {
  it.each([
    ['a late or repeated acknowledgement: {}', '3 seconds'],
    ['an unknown envelope_id: {}', 'never sent'],
    ['a body where none is accepted: {"payload":{}}', 'accepts_response_payload'],
    ['something new', 'does not allow'],
  ])('%s', (line, words) => {
    expect(explainProtocolFault(line).means).toContain(words)
  })

  it('is worded for each kind the sandbox finds', () => {
    const kinds = [...engine.matchAll(/'(an? [a-z_ ]+)'\n|protocolFaults\.push\(`(an? [^:]+):/g)]
    const found = kinds.map(([, one, other]) => one ?? other ?? '').filter((kind) => kind !== '')
    const known = (line: string) => explainProtocolFault(line).means !== explainProtocolFault('something new').means
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter((kind) => !known(kind))).toEqual([])
  })
})
