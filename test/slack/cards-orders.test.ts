import { describe, expect, it } from 'vitest'
import type { Delegation } from '../../src/approval/delegation.ts'
import { card } from '../../src/slack/cards/card.ts'
import { detailsView } from '../../src/slack/cards/details.ts'
import { breakGlassView, signReviewView } from '../../src/slack/cards/glass-views.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { showOne } from '../../src/slack/cards/lists.ts'
import { delegationTexts } from '../../src/slack/cards/orders.ts'
import {
  approved,
  approvedBy,
  approvedFor,
  broken,
  buttonsOf,
  HOUR,
  homeOf,
  literal,
  mrkdwn,
  nodes,
  ON_CALL,
  pending,
  read,
  reviewed,
  revoked,
  T0,
  withdrawnBy,
} from './cards-given.ts'

const told = (request: Parameters<typeof card>[0]) => mrkdwn(card(request).blocks).join('\n')
const words = (request: Parameters<typeof card>[0]) => card(request).blocks.map(read).join('\n')

describe('a vote for somebody else', () => {
  it('names both, while it is open and after', () => {
    const half = approvedFor(pending(), 'U0FRANK', 'U0BOB', 'data-owners')
    expect(told(half)).toContain('*Approved so far by* <@U0FRANK> for <@U0BOB>')
    expect(told(half)).toContain('1 of 2 from data-owners')
    const more = approvedBy(approvedBy(half, 'U0ERIN', 'data-owners'), 'U0DAVE', 'sre')
    expect(more.status).toBe('approved')
    expect(told(more)).toContain('*Approved* by <@U0FRANK> for <@U0BOB>, <@U0ERIN>, <@U0DAVE>')
    expect(mrkdwn(detailsView(more, { channel: null }).blocks).join('\n')).toContain(
      'Approved by <@U0FRANK> for <@U0BOB> ·',
    )
  })
})

describe('a vote that was taken back', () => {
  const back = withdrawnBy(approvedBy(pending(), 'U0BOB', 'data-owners'), 'U0BOB')

  it('is struck, not left out, and counts no more', () => {
    expect(told(back)).toContain('0 of 2 from data-owners')
    expect(told(back)).toContain('*Taken back:* ~approve by <@U0BOB>~')
    expect(told(back)).not.toContain('Approved so far')
    const timeline = mrkdwn(detailsView(back, { channel: null }).blocks).join('\n')
    expect(timeline).toContain('~Approved by <@U0BOB>~')
    expect(timeline).toContain('Taken back by <@U0BOB>')
  })

  it('stays on the card once it is closed', () => {
    const again = approvedBy(back, 'U0BOB', 'data-owners')
    const closed = approvedBy(approvedBy(again, 'U0ERIN', 'data-owners'), 'U0DAVE', 'sre')
    expect(told(closed)).toContain('*Approved* by <@U0BOB>, <@U0ERIN>, <@U0DAVE>')
    expect(told(closed)).toContain('~approve by <@U0BOB>~')
  })

  it('is offered in the details to whoever has voted, while the request is open', () => {
    const half = approvedBy(pending(), 'U0BOB', 'data-owners')
    expect(buttonsOf(detailsView(half, { channel: null, mayWithdraw: true }).blocks)).toEqual([ACTION.withdraw])
    expect(buttonsOf(detailsView(half, { channel: null }).blocks)).toEqual([])
    expect(buttonsOf(detailsView(approved(), { channel: null, mayWithdraw: true }).blocks)).toEqual([])
  })
})

describe('a card of broken glass', () => {
  it('says so before anything else: who, why, and that nobody has looked at it', () => {
    const { blocks, text } = card(broken('the region is down <!channel> *now*'))
    expect(read(blocks[0] ?? { type: 'divider' })).toBe('Approved (the glass was broken): data.export')
    expect(text).toContain('Approved (the glass was broken)')
    expect(read(blocks[1] ?? { type: 'divider' })).toMatch(/^:rotating_light: \*The glass was broken\* by <@U0DAVE>/)
    expect(told(broken())).toContain('*Review open:* somebody else must sign it')
    expect(told(broken())).toContain('*Approved* by <@U0DAVE> alone, by breaking the glass')
    expect(literal(blocks)).toContain('the region is down <!channel> *now*')
    expect(mrkdwn(blocks).join('\n')).not.toContain('<!channel>')
    expect(buttonsOf(blocks)).toEqual([])
  })

  it('says who has reviewed it, and what she found', () => {
    expect(told(reviewed('was right <!here>'))).toContain('Reviewed by <@U0ERIN>')
    expect(told(reviewed('was right <!here>'))).not.toContain('Review open')
    expect(literal(card(reviewed('was right <!here>')).blocks)).toContain('was right <!here>')
    expect(mrkdwn(detailsView(reviewed('fine'), { channel: null }).blocks).join('\n')).toContain(
      'Reviewed by <@U0ERIN>',
    )
  })
})

describe('a card of a revoked approval', () => {
  it('says that it was revoked, by what right, and that it cannot be used', () => {
    const { blocks } = card(revoked('wrong table <@U0CAROL>'))
    expect(read(blocks[0] ?? { type: 'divider' })).toBe('Revoked: data.export')
    expect(told(revoked(null))).toContain('*Revoked* by one who had approved it')
    expect(told(revoked(null))).toContain('It was not used, and cannot be.')
    expect(told(revoked(null))).toContain('Approved before by <@U0BOB>, <@U0ERIN>, <@U0DAVE>')
    expect(literal(blocks)).toContain('wrong table <@U0CAROL>')
    expect(buttonsOf(blocks)).toEqual([])
  })

  it('the button for it stands in an answer alone, behind a dialog in red', () => {
    expect(buttonsOf(showOne(approved(), { mayRevoke: true }).blocks)).toEqual([ACTION.details, ACTION.revoke])
    const [, revoke] = nodes(showOne(approved(), { mayRevoke: true }).blocks).filter(({ type }) => type === 'button')
    expect(revoke).toMatchObject({ style: 'danger', confirm: { style: 'danger' } })
    expect(JSON.stringify(revoke?.confirm)).toContain('data.export')
    expect(buttonsOf(showOne(pending(), { mayRevoke: true }).blocks)).not.toContain(ACTION.revoke)
  })
})

describe('what is masked', () => {
  it('is said with whose word it was, the keys as the text they are', () => {
    const masked = [
      { pointer: '/x <!here>', by: 'asker' },
      { pointer: '/note', by: 'policy' },
      { pointer: '/password', by: 'countersign' },
    ] as const
    const request = pending({ params: { 'x <!here>': '[masked]', note: '[masked]', password: '[masked]' }, masked })
    expect(words(request)).toContain(
      'Masked by the asker: /x <!here> · by the policy: /note · by Countersign: /password',
    )
    expect(words(request)).toContain('(masked: 3 values)')
    expect(told(request)).not.toContain('<!here>')
  })
})

describe('the window that breaks the glass', () => {
  const request = pending({}, { breakGlass: ON_CALL })

  it('says what it does, how long the yes is good for, and whose it is to do', () => {
    const view = breakGlassView(request, { channel: null, page: 0 })
    const all = [...mrkdwn(view.blocks), ...literal(view.blocks)].join('\n')
    for (const each of ['You alone approve this', '*on-call*', '2 minutes', request.payloadDigest.slice(7, 23)]) {
      expect(all).toContain(each)
    }
    expect(view.submit?.text).toBe('Break the glass')
    const inputs = view.blocks.filter(({ type }) => type === 'input')
    expect(inputs).toMatchObject([{ element: { min_length: 20 } }, { element: { type: 'checkboxes' } }])
    for (const input of inputs) expect(input).not.toHaveProperty('optional')
  })

  it('and the one that signs the review keep to Slack’s titles', () => {
    for (const view of [
      breakGlassView(request, { channel: 'C0PROD', page: 9 }),
      signReviewView(broken(), { channel: null }),
    ]) {
      for (const label of [view.title, view.submit, view.close]) expect(label?.text.length ?? 0).toBeLessThanOrEqual(24)
      expect(view.blocks.length).toBeLessThanOrEqual(80)
      for (const node of nodes(view)) if (node.type === 'plain_text') expect(node.emoji).toBe(false)
    }
  })
})

describe('the Home tab', () => {
  const delegation = (i: number, over: Partial<Delegation> = {}): Delegation => ({
    id: `dlg_019b0a0000000000000000000000${i}`,
    from: 'U0BOB',
    to: 'U0DAVE',
    startsAtMs: T0 - HOUR,
    endsAtMs: T0 + HOUR,
    createdAtMs: T0 - HOUR,
    createdBy: 'U0BOB',
    revokedAtMs: null,
    ...over,
  })

  it('shows the pause, the reviews and her delegations, and stays within a view when all is full', () => {
    const asked = pending({ context: { details: { note: 'x' } } })
    const { blocks } = homeOf({
      waiting: Array(20).fill(asked),
      mine: Array(20).fill(asked),
      reviews: Array(20).fill(broken()),
      pause: { by: 'U0ADMIN', reason: 'because <!here>', atMs: T0 },
      delegations: [delegation(1), delegation(2, { from: 'U0CAROL', to: 'U0BOB' }), delegation(3, { from: 'U0ERIN' })],
      more: true,
    })
    expect(blocks.length).toBeLessThanOrEqual(80)
    const all = mrkdwn(blocks).join('\n')
    expect(all).toContain('*Paused* by <@U0ADMIN>')
    expect(all).not.toContain('<!here>')
    expect(all).toContain('<@U0DAVE> for <@U0BOB> until')
    expect(all).toContain('<@U0BOB> for <@U0CAROL> until')
    expect(all).not.toContain('<@U0ERIN>')
    expect(buttonsOf(blocks).filter((id) => id === ACTION.signReview)).toHaveLength(3)
  })

  it('and the list hold a hundred delegations with the longest ids within a section', () => {
    const long = (i: number, over: Partial<Delegation>) =>
      delegation(i, { to: `W${'X'.repeat(30)}`, createdBy: `W${'Y'.repeat(30)}`, startsAtMs: T0 + 1, ...over })
    const many = Array.from({ length: 100 }, (_, i) => long(i, i % 2 ? {} : { from: `W${'Z'.repeat(30)}` }))
    const texts = delegationTexts(many, { userId: 'U0BOB', isAdmin: true }, T0)
    expect(texts).toHaveLength(2)
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(3_000)
    expect(texts.join('\n')).toContain('and 42 more')
  })
})
