import { describe, expect, it } from 'vitest'
import type { RefusalCode } from '../../src/approval/refusal.ts'
import { approveReasonView, denyView } from '../../src/slack/cards/deny.ts'
import { detailsView, reviewPages, reviewView } from '../../src/slack/cards/details.ts'
import { helpText } from '../../src/slack/cards/help.ts'
import { ACTION, CALLBACK, parseMetadata, REASON_INPUT } from '../../src/slack/cards/ids.ts'
import { mineList, pendingList, showOne } from '../../src/slack/cards/lists.ts'
import { refusalSentence } from '../../src/slack/cards/refusals.ts'
import { approved, buttonsOf, denied, HOUR, homeOf, literal, mrkdwn, nodes, pending, T0 } from './cards-given.ts'

const long = pending({ params: { script: 'x'.repeat(80_000) } })

describe('the form for a no', () => {
  it('asks for a reason, which the policy may require', () => {
    const view = denyView(pending(), { reasonRequired: false, channel: 'C0PROD' })
    expect(view).toMatchObject({ type: 'modal', callback_id: CALLBACK.denyReason, submit: { text: 'Deny' } })
    const [input] = view.blocks.filter(({ type }) => type === 'input')
    expect(input).toMatchObject({
      block_id: REASON_INPUT.block,
      optional: true,
      element: { type: 'plain_text_input', action_id: REASON_INPUT.action, multiline: true, max_length: 2_000 },
    })
    const strict = denyView(pending(), { reasonRequired: true, channel: null })
    expect(strict.blocks.find(({ type }) => type === 'input')).toMatchObject({ optional: false })
  })

  it('carries the request, the digest that was shown and the channel', () => {
    const view = denyView(pending(), { reasonRequired: false, channel: 'C0PROD' })
    expect(parseMetadata(view.private_metadata)).toEqual({
      requestId: 'req_019b0a',
      digestShown: pending().payloadDigest.slice(7, 23),
      channel: 'C0PROD',
      page: 0,
    })
    expect(literal(view.blocks).join('\n')).toContain(pending().payloadDigest.slice(7, 23))
  })

  it('has a sister for a yes that wants a reason', () => {
    const view = approveReasonView(pending(), { channel: null })
    expect(view).toMatchObject({ callback_id: CALLBACK.approveReason, submit: { text: 'Approve' } })
    expect(view.blocks.find(({ type }) => type === 'input')).toMatchObject({ optional: false })
  })
})

describe('a review', () => {
  const pages = reviewPages(long).length

  it('turns page by page, and has its yes at the end alone', () => {
    expect(pages).toBeGreaterThan(2)
    const buttons = (page: number) => buttonsOf(reviewView(long, { channel: 'C0PROD', page }).blocks)
    expect(buttons(0)).toEqual([ACTION.deny, ACTION.reviewNext])
    expect(buttons(1)).toEqual([ACTION.deny, ACTION.reviewBack, ACTION.reviewNext])
    expect(buttons(pages - 1)).toEqual([ACTION.approveReviewed, ACTION.deny, ACTION.reviewBack])
  })

  it('remembers its page, and stays within its pages', () => {
    const at = (page: number) => parseMetadata(reviewView(long, { channel: null, page }).private_metadata)?.page
    expect([at(1), at(-5), at(999), at(0.5)]).toEqual([1, 0, pages - 1, 0])
  })

  it('has no yes and no no once the request is closed', () => {
    const closed = approved({ params: { script: 'x'.repeat(80_000) } })
    const last = reviewPages(closed).length - 1
    expect(buttonsOf(reviewView(closed, { channel: null, page: last }).blocks)).toEqual([ACTION.reviewBack])
  })
})

describe('the details', () => {
  it('hold everything: parameters, claims, decisions, rules and the timeline', () => {
    const view = detailsView(denied('too much data', { params: { list: Array.from({ length: 900 }, (_, i) => i) } }), {
      channel: null,
    })
    const told = [...literal(view.blocks), ...mrkdwn(view.blocks)].join('\n')
    for (const words of ['899', 'quarterly report', 'too much data', 'prod-export', '*Timeline*', 'Denied by <@U0BOB>'])
      expect(told).toContain(words)
    expect(told).not.toContain('cut]')
    expect(buttonsOf(view.blocks)).toEqual([])
  })

  it('lead to the review where even they cannot hold it', () => {
    const huge = pending({ params: { script: '\u200b'.repeat(40_000) } })
    expect(buttonsOf(detailsView(huge, { channel: null }).blocks)).toEqual([ACTION.review])
  })
})

describe('the Home tab', () => {
  const home = (over: Parameters<typeof homeOf>[0] = {}) =>
    homeOf({ waiting: [pending()], mine: [approved()], ...over }).blocks

  it('lets a person answer there what stands there whole', () => {
    expect(buttonsOf(home())).toEqual([ACTION.approve, ACTION.deny, ACTION.details, ACTION.details])
    const told = literal(home()).join('\n')
    expect(told).toContain('"rows": 1200')
  })

  it('asks for a review of what does not', () => {
    expect(buttonsOf(home({ waiting: [long], mine: [] }))).toEqual([ACTION.review, ACTION.deny, ACTION.details])
  })

  it('offers nothing whose time is over', () => {
    expect(buttonsOf(home({ mine: [], nowMs: T0 + HOUR }))).toEqual([])
    expect(mrkdwn(home({ mine: [], nowMs: T0 + HOUR }))).toContain('Nothing waits for you.')
  })

  it('says that there is more', () => {
    expect(mrkdwn(home({ more: true })).join('\n')).toContain('More are waiting')
    expect(mrkdwn(home({ waiting: Array(8).fill(pending()) })).join('\n')).toContain('More are waiting')
  })

  it('draws one line between what stands there, never two', () => {
    for (const waiting of [[], [pending()], Array(8).fill(pending())]) {
      const types = home({ waiting }).map(({ type }) => type)
      expect(types.some((type, i) => type === 'divider' && types[i - 1] === 'divider')).toBe(false)
      expect(types[types.lastIndexOf('header') - 1]).toBe('divider')
    }
  })
})

describe('the lists of /approvals', () => {
  it('show each request in a line, with its details a click away', () => {
    const { text, blocks } = pendingList([pending(), long])
    expect(text).toBe('Waiting for an answer: 2')
    expect(buttonsOf(blocks)).toEqual([ACTION.details, ACTION.details])
    expect(buttonsOf(mineList(Array(30).fill(denied('no'))).blocks)).toHaveLength(10)
    expect(mineList(Array(30).fill(denied('no'))).blocks.length).toBeLessThanOrEqual(40)
  })

  it('say so where there is nothing', () => {
    expect(pendingList([]).text).toBe('Nothing waits for an answer.')
    expect(mineList([]).text).toBe('You asked for nothing yet.')
  })

  it('show one request as its card does, and how to see more of a closed one', () => {
    expect(buttonsOf(showOne(pending()).blocks)).toEqual([ACTION.approve, ACTION.deny, ACTION.details])
    expect(buttonsOf(showOne(approved()).blocks)).toEqual([ACTION.details])
  })

  it('explain every word that everyone may use', () => {
    for (const word of ['pending', 'mine', 'show ID', 'help'])
      expect(helpText({ isAdmin: false, pause: null }).text).toContain(`/approvals ${word}`)
  })
})

describe('a refusal', () => {
  const codes: readonly RefusalCode[] = [
    'not_found',
    'already_decided',
    'expired',
    'cancelled',
    'self_approval',
    'not_an_approver',
    'approver_not_human',
    'guest',
    'outsider',
    'already_counted',
    'stale_card',
    'channel_external',
    'directory_unavailable',
    'policy_unavailable',
  ]

  it.each(codes.map((code) => [code]))('%s is said in words, with and without its request', (refused) => {
    for (const sentence of [refusalSentence({ refused }), refusalSentence({ refused }, denied('no'))]) {
      expect(sentence).toMatch(/^[A-Z].*[.]$/)
      expect(sentence.replace(/<[^>]*>/g, '')).not.toMatch(/\b[a-z]{2,}_[a-z]+/)
    }
  })

  it('names who closed it, and never repeats a detail that an asker may have written', () => {
    expect(refusalSentence({ refused: 'already_decided' }, denied('no'))).toContain('*denied* by <@U0BOB>')
    expect(refusalSentence({ refused: 'already_consumed', detail: '<!channel>' })).not.toContain('<!channel>')
    expect(refusalSentence({ refused: 'not_an_approver' }, pending())).toContain('*data-owners*, *sre*')
  })
})

describe('every view', () => {
  it('has titles that Slack takes and no emoji codes that become pictures', () => {
    const views = [
      denyView(long, { reasonRequired: true, channel: 'C0PROD' }),
      approveReasonView(long, { channel: null }),
      detailsView(long, { channel: null }),
      reviewView(long, { channel: 'C0PROD', page: 0 }),
    ]
    for (const view of views) {
      for (const label of [view.title, view.submit, view.close]) expect(label?.text.length ?? 0).toBeLessThanOrEqual(24)
      for (const node of nodes(view)) if (node.type === 'plain_text') expect(node.emoji).toBe(false)
    }
  })
})
