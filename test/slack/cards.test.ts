import { describe, expect, it } from 'vitest'
import { cancel, complete, consume, expire } from '../../src/approval/grant.ts'
import { card } from '../../src/slack/cards/card.ts'
import { ACTION, buttonValue } from '../../src/slack/cards/ids.ts'
import { lookalikes } from '../../src/slack/cards/text.ts'
import {
  approved,
  approvedBy,
  buttonsOf,
  denied,
  entities,
  HOUR,
  listOf,
  literal,
  mrkdwn,
  nodes,
  pending,
  read,
  stateOf,
  T0,
} from './cards-given.ts'

const CLIENT = { actor: 'client:cl_alice', source: 'api', id: 'cl_alice' } as const
const used = (status?: 'succeeded' | 'failed') => {
  const request = approved()
  const use = { executionId: 'run-7', digest: request.payloadDigest }
  const consumed = stateOf(consume(request, use, CLIENT, T0 + 2))
  const done = { executionId: 'run-7', status: status ?? 'failed', summary: '1200 rows', resultDigest: null } as const
  return status ? stateOf(complete(consumed, done, CLIENT, T0 + 3)) : consumed
}

describe('a pending card', () => {
  const request = pending({
    title: 'Quarterly export',
    params: { rows: 1200, password: '[masked]' },
    requester: {
      on_behalf_of: { email: 'alice@example.com' },
      agent: {
        name: 'exporter',
        model: 'm-1',
        provider: 'p-1',
        run_id: 'r-1',
        tool_call_id: 't-1',
        prompt: 'export it',
      },
    },
    context: {
      risk: 'high',
      reversible: false,
      data: [{ name: 'customers', classification: 'personal' }],
      links: [{ title: 'Ticket', url: 'https://tickets.example/1' }],
      diff: '- a\n+ b',
      details: { table: 'customers' },
    },
  })
  const { text, blocks } = card(request)

  it('says things in the order of the contract', () => {
    const told = blocks.map(read)
    const places = [
      'Approval needed: data.export',
      'Resource: s3://partner-bucket/customers.csv',
      'Environment: production',
      'Asked by: nightly export',
      'alice@example.com',
      '"rows": 1200',
      'Claimed by the asker, not checked',
      'quarterly report',
      '*Still needed:*',
      'Expires',
      'req_019b0a',
    ].map((words) => told.join('\n').indexOf(words))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'rich_text',
      'rich_text',
      'rich_text',
      'rich_text',
      'section',
      'context',
      'actions',
    ])
  })

  it('has Approve behind a dialog that repeats what to, then Deny and Details', () => {
    expect(buttonsOf(blocks)).toEqual([ACTION.approve, ACTION.deny, ACTION.details])
    const [approve, deny] = nodes(blocks).filter(({ type }) => type === 'button')
    expect(approve).toMatchObject({
      style: 'primary',
      value: buttonValue(request),
      text: { text: 'Approve', emoji: false },
    })
    const asked = JSON.stringify(approve?.confirm)
    for (const words of [
      'data.export',
      's3://partner-bucket/customers.csv',
      'production',
      request.payloadDigest.slice(7, 23),
    ])
      expect(asked).toContain(words)
    expect(deny).toMatchObject({ style: 'danger', value: buttonValue(request) })
  })

  it('shows every claim under its heading, and every parameter above it', () => {
    const told = blocks.map(read)
    const claimed = told.find((words) => words.startsWith('Claimed by the asker')) ?? ''
    for (const words of [
      'Quarterly export',
      'exporter',
      'm-1',
      'p-1',
      'r-1',
      't-1',
      'export it',
      'high',
      'Reversible: no',
    ])
      expect(claimed).toContain(words)
    for (const words of [
      'customers (personal)',
      'Ticket: https://tickets.example/1',
      '- a\n+ b',
      '"table": "customers"',
    ])
      expect(claimed).toContain(words)
    expect(told[3]).toContain('masked: 1 value, named by the asker or by key name')
  })

  it('marks what is verified and what the client merely says', () => {
    const who = read(blocks[2] ?? { type: 'divider' })
    expect(who).toContain('client cl_alice, verified by its key')
    expect(who).toContain('On behalf of: alice@example.com (named by the client')
  })

  it('wakes the required group and people, and nobody else', () => {
    expect(entities(mrkdwn(blocks)).filter((entity) => !entity.startsWith('<!date'))).toEqual([
      '<!subteam^S0DATA>',
      '<@U0CAROL>',
      '<@U0DAVE>',
    ])
  })

  it('does not wake who stands behind the ask: her yes could not count', () => {
    const listed = pending({}, { requirements: [listOf('sre', 1, ['U0ALICE', 'U0DAVE'])] })
    const woken = entities(mrkdwn(card(listed).blocks)).filter((entity) => entity.startsWith('<@'))
    expect(woken).toEqual(['<@U0DAVE>'])
  })

  it('wakes ten people at most', () => {
    const crowd = Array.from({ length: 30 }, (_, i) => `U0P${i}`)
    const crowded = pending({}, { requirements: [listOf('all', 1, crowd), listOf('more', 1, ['U0X'])] })
    const woken = entities(mrkdwn(card(crowded).blocks)).filter((entity) => entity.startsWith('<@'))
    expect(woken).toHaveLength(10)
  })

  it('counts who approved so far', () => {
    const half = card(approvedBy(request, 'U0BOB', 'data-owners'))
    const told = mrkdwn(half.blocks).join('\n')
    expect(told).toContain('1 of 2 from data-owners')
    expect(told).toContain('0 of 1 from sre')
    expect(told).toContain('*Approved so far by* <@U0BOB>')
  })

  it('shows when it expires in the reader’s own time', () => {
    const at = (T0 + HOUR) / 1000
    expect(mrkdwn(blocks)).toContain(`Expires <!date^${at}^{date_short_pretty} at {time}|2026-11-20 11:00 UTC>`)
  })

  it('tells a notification what it is about', () => {
    expect(text).toBe(
      'Approval needed: data.export on s3://partner-bucket/customers.csv in production, asked by nightly export (req_019b0a)',
    )
  })

  it('offers Review in place of Approve where something had to be cut', () => {
    const long = card(pending({ params: { command: 'x'.repeat(4_000) } }))
    expect(buttonsOf(long.blocks)).toEqual([ACTION.review, ACTION.deny, ACTION.details])
    expect(literal(long.blocks).join('\n')).toMatch(/\[… \d+ characters cut\]/)
    const claims = card(pending({ context: { diff: '+ line\n'.repeat(300) } }))
    expect(buttonsOf(claims.blocks)).toContain(ACTION.review)
    const links = Array.from({ length: 90 }, (_, i) => ({
      title: `t${i}`,
      url: `https://example.com/${'x'.repeat(80)}`,
    }))
    expect(buttonsOf(card(pending({ context: { links } })).blocks)).toContain(ACTION.review)
  })

  it('does not say that a parameter was asked for where there is none', () => {
    const bare = pending({ params: undefined, resource: undefined, environment: undefined, reason: undefined })
    const told = card(bare).blocks.map(read)
    expect(told[3]).toBe('Parameters: none')
    expect(told.some((words) => words.includes('Claimed by the asker'))).toBe(false)
    expect(buttonsOf(card(bare).blocks)).toContain(ACTION.approve)
  })

  it('warns of letters that look like others', () => {
    expect(lookalikes('s3://p\u0430rtner')).toEqual(['\u0430 U+0430'])
    const told = card(pending({ resource: 's3://p\u0430rtner' }))
      .blocks.map(read)
      .join('\n')
    expect(told).toContain('Look closely: this name has characters outside ASCII (\u0430 U+0430)')
  })
})

describe('a closed card', () => {
  const told = (request: Parameters<typeof card>[0]) => mrkdwn(card(request).blocks).join('\n')

  it('says who approved, when, and that it was not used yet', () => {
    expect(read(card(approved()).blocks[0] ?? { type: 'divider' })).toBe('Approved: data.export')
    expect(told(approved())).toMatch(/^\*Approved\* by <@U0BOB>, <@U0ERIN>, <@U0DAVE> · <!date\^/)
    expect(told(approved())).toContain('Not used yet. It can be used once, until <!date^')
  })

  it('says that it was used and how it went', () => {
    expect(told(used())).toContain('Used · <!date^')
    expect(told(used())).toContain('has not said yet how it went')
    expect(told(used('succeeded'))).toContain('It *succeeded*, says the asker')
    expect(told(used('failed'))).toContain('It *failed*, says the asker')
    expect(literal(card(used('succeeded')).blocks).join('\n')).toContain('1200 rows')
  })

  it('says who denied and why, the reason as the text it is', () => {
    const request = denied('No. <!channel> *never*')
    expect(told(request)).toContain('*Denied* by <@U0BOB>')
    expect(literal(card(request).blocks)).toContain('No. <!channel> *never*')
    expect(told(request)).toContain('It was not used, and cannot be.')
  })

  it('says that nobody decided in time, and that the asker withdrew', () => {
    expect(told(stateOf(expire(pending(), T0 + HOUR)))).toContain('*Expired*: nobody decided in time')
    const withdrawn = stateOf(cancel(pending(), 'not needed <@U0BOB>', CLIENT, T0 + 1))
    expect(told(withdrawn)).toContain('*Cancelled* by the asker')
    expect(literal(card(withdrawn).blocks)).toContain('not needed <@U0BOB>')
  })

  it('says that the policy decided', () => {
    expect(told(pending({}, { effect: 'allow' }))).toContain('*Approved* by the policy (prod-export)')
    expect(told(pending({}, { effect: 'deny', rules: [] }))).toContain('(no rule matched)')
  })

  it('has no buttons and wakes no group', () => {
    const closed = [approved(), used(), used('failed'), denied('no'), stateOf(expire(pending(), T0 + HOUR))]
    for (const request of closed) {
      expect(nodes(card(request).blocks).filter(({ type }) => type === 'button' || type === 'actions')).toEqual([])
      expect(told(request)).not.toContain('<!subteam')
    }
  })
})
