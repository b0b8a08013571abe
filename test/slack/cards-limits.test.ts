import type { KnownBlock } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import type { Json } from '../../src/audit/canonical.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import { card } from '../../src/slack/cards/card.ts'
import { detailsView, reviewPages, reviewView } from '../../src/slack/cards/details.ts'
import { breakGlassView, signReviewView } from '../../src/slack/cards/glass-views.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { pretty } from '../../src/slack/cards/pretty.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { approved, broken, buttonsOf, homeOf, listOf, literal, nodes, ON_CALL, pending, T0 } from './cards-given.ts'

const texts = (blocks: unknown): string[] =>
  nodes(blocks).flatMap((node) => (typeof node.text === 'string' ? [node.text] : []))

function expectWithinMessage(blocks: readonly KnownBlock[]): void {
  expect(blocks.length).toBeLessThanOrEqual(40)
  expect(texts(blocks).reduce((sum, text) => sum + text.length, 0)).toBeLessThanOrEqual(9_000)
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(15_000)
  for (const text of texts(blocks)) {
    expect(text.length).toBeLessThanOrEqual(3_000)
    expect(text.length).toBeGreaterThan(0)
  }
  const [header] = blocks
  expect(header?.type === 'header' && header.text.text.length).toBeLessThanOrEqual(150)
}

/** All but the buttons, whose dialog is short of room. */
const wholeText = (blocks: readonly { readonly type: string }[]) =>
  literal(blocks.filter(({ type }) => type !== 'actions'))

/** Every kind of character, the costly ones often: what grows when it is drawn or written as JSON. */
const unit = fc.oneof(
  fc.constantFrom('"', '\\', '\n', '\u200b', '\u202e', '\u0000', '日', '\u{e0041}', '🙂', ' '),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const upTo = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit, maxLength }),
    fc
      .tuple(unit, fc.constantFrom(1, 0.5))
      .map(([char, part]) => char.repeat(Math.floor((maxLength * part) / char.length))),
  )
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const ask: fc.Arbitrary<Partial<Ask>> = fc.record({
  action: fc.constantFrom('data.export', `a.${'b'.repeat(126)}`),
  resource: optional(upTo(512)),
  environment: optional(upTo(64)),
  params: optional(
    fc.oneof(
      fc.dictionary(upTo(40), fc.oneof(upTo(200), fc.integer(), fc.constant(null), fc.array(upTo(20)))),
      upTo(24_000).map((text) => ({ script: text })),
      fc.integer({ min: 1, max: 12_000 }).map((count) => ({ list: Array.from({ length: count }, (_, i) => i) })),
    ),
  ),
  masked: optional(
    fc.array(
      fc.record({
        pointer: upTo(500),
        by: fc.constantFrom('asker' as const, 'policy' as const, 'countersign' as const),
      }),
      { maxLength: 60 },
    ),
  ),
  title: optional(upTo(150)),
  reason: optional(upTo(2_000)),
  requester: optional(
    fc.record({
      on_behalf_of: optional(fc.record({ email: upTo(254) })),
      agent: optional(fc.record({ name: upTo(200), model: optional(upTo(200)), prompt: optional(upTo(8_000)) })),
    }),
  ),
  context: optional(
    fc.record({
      risk: optional(fc.constantFrom('low', 'critical')),
      reversible: optional(fc.boolean()),
      data: optional(fc.array(fc.record({ name: upTo(200), classification: optional(upTo(100)) }), { maxLength: 60 })),
      links: optional(fc.array(fc.record({ title: upTo(200), url: upTo(2_000) }), { maxLength: 20 })),
      diff: optional(upTo(20_000)),
      details: optional(fc.record({ note: upTo(5_000) })),
    }),
  ),
})

const WIDE = Array.from({ length: 40 }, (_, i) =>
  listOf(
    `${'g'.repeat(60)}-${i}`,
    3,
    Array.from({ length: 20 }, (_, j) => `U0P${i}X${j}`),
  ),
)

describe('a card, whatever was asked', () => {
  it('stays within Slack’s limits, with one yes and one no while it is open and none once it is closed', () => {
    fc.assert(
      fc.property(ask, fc.boolean(), (asked, wide) => {
        const open = pending(asked)
        const request = wide
          ? { ...open, policy: { ...open.policy, requirements: WIDE, rules: WIDE.map(({ from }) => from) } }
          : open
        const shown = card(request)
        expectWithinMessage(shown.blocks)
        expect(shown.text.length).toBeLessThanOrEqual(3_000)
        const buttons = buttonsOf(shown.blocks)
        expect(buttons.filter((id) => id === ACTION.approve || id === ACTION.review)).toHaveLength(1)
        expect(buttons.filter((id) => id === ACTION.deny)).toHaveLength(1)
        const cut = wholeText(shown.blocks).some((text) => text.includes('characters cut]'))
        expect(buttons.includes(ACTION.approve) && cut).toBe(false)
        const closed = card(approved(asked))
        expectWithinMessage(closed.blocks)
        expect(buttonsOf(closed.blocks)).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('nor when the glass was broken and reviewed, at whatever length people write', () => {
    fc.assert(
      fc.property(ask, upTo(3_000), upTo(3_000), (asked, reason, note) => {
        const request = broken(undefined, asked)
        const review = { userId: 'U0ERIN', teamId: 'T0', name: reason.slice(0, 80), note, atMs: T0 }
        const glass = request.brokenGlass && { ...request.brokenGlass, reason, review }
        for (const each of [request, { ...request, brokenGlass: glass }]) {
          const closed = card(each)
          expectWithinMessage(closed.blocks)
          expect(buttonsOf(closed.blocks)).toEqual([])
          expectWithinView(detailsView(each, { channel: null }))
          expectWithinView(signReviewView(each, { channel: 'C0PROD' }))
        }
        const open = pending(asked, { breakGlass: ON_CALL })
        reviewPages(open).forEach((_, page) => {
          expectWithinView(breakGlassView(open, { channel: 'C0PROD', page }))
        })
      }),
      { numRuns: 40 },
    )
  })

  it('a Home tab of the asks with the most blocks stays within a view', () => {
    const many = Array(20).fill(pending({ context: { details: { note: 'x' } } }))
    expectWithinView(homeOf({ waiting: many, mine: many, nowMs: T0, more: true }))
  })

  it('and its views hold all of it, the yes on the last page alone', () => {
    fc.assert(
      fc.property(ask, (asked) => {
        const request = pending(asked)
        const details = detailsView(request, { channel: null })
        expectWithinView(details)
        const pages = reviewPages(request).map((_, page) => reviewView(request, { channel: 'C0PROD', page }))
        pages.forEach((page, i) => {
          expectWithinView(page)
          expect(buttonsOf(page.blocks).includes(ACTION.approveReviewed)).toBe(i === pages.length - 1)
          expect(buttonsOf(page.blocks).includes(ACTION.reviewNext)).toBe(i < pages.length - 1)
          expect(wholeText(page.blocks).join('')).not.toContain('characters cut]')
        })
        expectWithinView(
          homeOf({ waiting: Array(20).fill(request), mine: Array(20).fill(request), nowMs: T0, more: true }),
        )
      }),
      { numRuns: 40 },
    )
  })
})

function expectWithinView(view: { readonly blocks: readonly unknown[]; readonly private_metadata?: string }): void {
  expect(view.blocks.length).toBeLessThanOrEqual(80)
  expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(250_000)
  expect((view.private_metadata ?? '').length).toBeLessThanOrEqual(3_000)
  for (const text of texts(view.blocks)) expect(text.length).toBeLessThanOrEqual(3_000)
}

describe('a review', () => {
  it('loses no character of the parameters between its pages', () => {
    const script = Array.from({ length: 1_500 }, (_, i) => `line ${i} 🙂 ${'x'.repeat(i % 40)}`).join('\n')
    const request = pending({ params: { script } })
    const seen = reviewPages(request).flatMap((page) =>
      page.flatMap((block) => block.elements.filter(({ type }) => type === 'rich_text_preformatted').flatMap(literal)),
    )
    expect(seen.join('')).toBe(pretty({ script }))
    expect(reviewPages(request).length).toBeGreaterThan(1)
  })

  it('does not grow beyond reason where lists lie in lists', () => {
    let nested: Json = 1
    for (let depth = 0; depth < 2_000; depth++) nested = [nested, 1]
    expect(pretty(nested).length).toBeLessThan(20_000)
  })
})

describe('the sandbox, which checks Slack’s documented limits,', () => {
  const worst: ApprovalRequest[] = [
    pending({
      params: { script: '"\n\u200b'.repeat(7_000) },
      reason: '\u202e'.repeat(2_000),
      context: { diff: '\\'.repeat(9_000) },
    }),
    pending({ resource: '\u200b'.repeat(512), environment: '"'.repeat(64), title: '日'.repeat(150) }),
    approved({ params: { list: Array.from({ length: 12_000 }, (_, i) => i) } }),
  ]

  it('takes every card and every view', async () => {
    const sandbox = await startSandbox({ rateLimits: false })
    const { posting } = slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl })
    try {
      for (const request of worst) {
        const posted = await posting.chat.postMessage({ channel: 'C0PROD', ...card(request) })
        expect(posted.ok).toBe(true)
        const view = homeOf({ waiting: [request], mine: [request], nowMs: T0, more: false })
        expect((await posting.views.publish({ user_id: 'U0BOB', view })).ok).toBe(true)
      }
    } finally {
      await sandbox.stop()
    }
  })
})
