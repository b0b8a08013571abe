import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../src/approval/request.ts'
import { parsePolicy } from '../../src/policy/load.ts'
import type { Circumstances, Evaluation } from '../../src/policy/policy.ts'
import { HEAD, judge, lines, policyFrom } from './policies.ts'

const DOCUMENT = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8')
const blocks = [...DOCUMENT.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)
const EXAMPLE = blocks.find((block) => block.startsWith('version: 1\n\n')) ?? ''

describe('the complete example of docs/policy.md', () => {
  const policy = policyFrom(EXAMPLE)
  // Tuesday noon, and Friday by the clock of Berlin, one minute before four and at four.
  const TUESDAY = Date.parse('2026-11-17T12:00:00Z')
  const FRIDAY_BEFORE = Date.parse('2026-11-20T14:59:00Z')
  const FRIDAY_AFTER = Date.parse('2026-11-20T15:00:00Z')
  const asked = (ask: Ask, nowMs = TUESDAY, at: Partial<Circumstances> = {}): Evaluation =>
    judge(policy, ask, { nowMs, ...at })
  const seats = ({ requirements }: Evaluation) => requirements.map(({ from, count }) => `${count} ${from}`)
  const bigExport = { action: 'data.export', params: { rows: 5_000 } }
  const smallExport = { action: 'data.export', params: { rows: 1_000 } }
  const restart = { action: 'service.restart', environment: 'production' }
  const read = { action: 'data.read', requester: { agent: { name: 'reporter' } } }

  it('loads without a warning', () => {
    expect(lines(parsePolicy(EXAMPLE))).toBe('')
  })

  it('asks two data owners for more than 1,000 rows, and one for others', () => {
    expect(seats(asked(bigExport))).toEqual(['2 data-owners'])
    expect(seats(asked(smallExport))).toEqual(['1 data-owners'])
    expect(asked({ ...bigExport, params: { rows: 1_001 } }).requirements[0]?.count).toBe(2)
    expect(asked(bigExport).mustShow).toEqual(['/rows'])
  })

  it('denies an export whose rows nobody knows: missing, a text, or masked', () => {
    expect(asked({ action: 'data.export' })).toMatchObject({ effect: 'deny', failed: ['large-exports'] })
    expect(asked({ action: 'data.export', params: { rows: '5' } }).effect).toBe('deny')
    const masked = { ...smallExport, masked: [{ pointer: '/rows', by: 'asker' as const }] }
    expect(asked(masked)).toMatchObject({ effect: 'deny', failed: ['large-exports'], onlyNow: false })
  })

  it('asks one SRE for a restart in production, and denies any other', () => {
    expect(seats(asked(restart))).toEqual(['1 sre'])
    expect(asked({ action: 'service.restart', environment: 'staging' }).effect).toBe('deny')
  })

  it('denies both on a Friday from four in Berlin, and only then', () => {
    for (const ask of [bigExport, smallExport, restart]) {
      expect(asked(ask, FRIDAY_BEFORE).effect).toBe('require_approval')
      expect(asked(ask, FRIDAY_AFTER)).toMatchObject({ effect: 'deny', onlyNow: true })
    }
    expect(asked(read, FRIDAY_AFTER).effect).toBe('allow')
  })

  it('lets agents read, 100 times an hour each, and asks a data owner beyond', () => {
    expect(asked(read)).toMatchObject({
      effect: 'allow',
      limits: [{ rule: 'agent-reads', most: 100, perMs: 3_600_000 }],
      requirements: [],
    })
    const beyond = asked(read, TUESDAY, { usedUp: new Set(['agent-reads']) })
    expect(beyond).toMatchObject({ effect: 'require_approval', limits: [], channels: ['C0APPROVALS'] })
    expect(seats(beyond)).toEqual(['1 data-owners'])
    expect(asked({ action: 'data.read' }).effect).toBe('deny')
  })
})

describe('every other example of docs/policy.md', () => {
  const HEAD_WITH_ALL = HEAD.replace('groups:', 'defaults: { zone: UTC }\ngroups:\n  oncall: { usergroup: S0ONCALL }')
  const asRule = (fields: string): string => {
    const all = { match: '{ action: x }', effect: 'require_approval', approvals: '[{ from: sre }]' }
    const missing = Object.entries(all).filter(([name]) => !new RegExp(`^${name}:`, 'm').test(fields))
    const text = `${fields}${missing.map(([name, value]) => `${name}: ${value}\n`).join('')}`
    return `${HEAD_WITH_ALL}rules:\n  - id: a\n${text.replace(/^(?=.)/gm, '    ')}`
  }
  /** Words of the head of a file, which stand in HEAD already where they are not repeated. */
  const isHead = /^(?:version|people|issuers):/m
  const others = blocks.filter((block) => block !== EXAMPLE && !block.startsWith('#'))

  it('there are a dozen', () => expect(others.length).toBeGreaterThanOrEqual(12))

  it.each(others)('loads: %s', (block) => {
    const text = isHead.test(block)
      ? block.startsWith('version')
        ? block
        : `${HEAD}${withIssuer(block)}`
      : asRule(block)
    const loaded = parsePolicy(text)
    expect(lines(loaded)).toBe('')
    expect('policy' in loaded).toBe(true)
  })
})

/** `people` names an issuer that the document defines elsewhere. */
const withIssuer = (block: string): string =>
  block.startsWith('people:')
    ? `issuers: [{ id: okta, preset: okta, issuer: "https://example.okta.com", audience: a, kind: person }]\n${block}`
    : block
