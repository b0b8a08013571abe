import { describe, expect, it } from 'vitest'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { card } from '../../src/slack/cards/card.ts'
import { clientsSheet } from '../../src/slack/cards/clients-sheet.ts'
import { detailsView, reviewPages, reviewView } from '../../src/slack/cards/details.ts'
import { breakGlassView, signReviewView } from '../../src/slack/cards/glass-views.ts'
import { helpText } from '../../src/slack/cards/help.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { glassList, historyList, pendingList, showOne } from '../../src/slack/cards/lists.ts'
import { approved, broken, buttonsOf, denied, entities, homeOf, mrkdwn, nodes, pending, T0 } from './cards-given.ts'
import { CLIENT } from './door.ts'
import { HOSTILE, invisible } from './hostile.ts'

/** The same text wherever an asker can write at all. */
const everywhere = (text: string): Parameters<typeof pending>[0] => ({
  resource: text,
  environment: text,
  params: { command: text, [`key ${text}`]: [text] },
  masked: [{ pointer: text, by: 'asker' }],
  title: text,
  reason: text,
  requester: {
    on_behalf_of: { slack_user_id: text },
    agent: { name: text, model: text, provider: text, run_id: text, tool_call_id: text, prompt: text },
  },
  context: {
    data: [{ name: text, classification: text }],
    links: [{ title: text, url: text }],
    diff: text,
    details: { note: text },
  },
})

const named = (text: string, request: ApprovalRequest): ApprovalRequest => ({
  ...request,
  client: { id: text, name: text, verifiedBy: 'client_key' },
})

const surfaces = (request: ApprovalRequest): readonly unknown[] => [
  card(request).blocks,
  detailsView(request, { channel: null }).blocks,
  ...reviewPages(request).map((_, page) => reviewView(request, { channel: null, page }).blocks),
  homeOf({ waiting: [request], mine: [request] }).blocks,
  pendingList([request]).blocks,
  showOne(request, { mayRevoke: true }).blocks,
  historyList([request]).blocks,
  glassList([request], [request]).blocks,
  breakGlassView(request, { channel: null, page: 0 }).blocks,
  signReviewView(request, { channel: null }).blocks,
]

/** What people and admins write, who are no less strangers to a card. */
const orders = (text: string): readonly unknown[] => {
  const pause = { by: 'U0BOB', reason: text, atMs: T0 }
  return [
    pendingList([], false, pause).blocks,
    helpText({ isAdmin: true, pause }).blocks,
    homeOf({ pause, mine: [] }).blocks,
    clientsSheet([{ client: { ...CLIENT, name: text, actions: [text] }, lastUsedAtMs: null }], 1, T0).blocks,
  ]
}

/** What we ourselves make live: dates, the groups and people of the policy, and who decided. */
const OURS = /^<(!date\^\d+\^[^<>]*|!subteam\^S0DATA|@U0(ALICE|BOB|CAROL|DAVE|ERIN))>$/

describe.each(HOSTILE.map((text) => [text]))('an asker who writes %j', (text) => {
  const open = named(text, pending(everywhere(text)))

  it('gets one card with one yes and one no, on which the action stands first', () => {
    const { blocks } = card(open)
    const buttons = buttonsOf(blocks)
    expect(buttons.filter((id) => id === ACTION.approve || id === ACTION.review)).toHaveLength(1)
    expect(buttons.filter((id) => id === ACTION.deny)).toHaveLength(1)
    expect(buttons).toHaveLength(3)
    expect(blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: 'Approval needed: data.export', emoji: false },
    })
  })

  it('makes nothing live on any surface, open or closed', () => {
    const closed = [
      named(text, approved(everywhere(text))),
      named(text, denied(text, everywhere(text))),
      named(text, broken(`${text} region down nobody answers here`, everywhere(text))),
    ]
    for (const request of [open, ...closed]) {
      for (const blocks of surfaces(request)) {
        for (const entity of entities(mrkdwn(blocks))) expect(entity).toMatch(OURS)
        const types = new Set(nodes(blocks).map(({ type }) => type))
        for (const live of ['user', 'usergroup', 'broadcast', 'channel', 'link', 'emoji', 'image', 'date']) {
          expect(types.has(live)).toBe(false)
        }
        for (const node of nodes(blocks)) {
          if (node.type === 'plain_text') expect(node.emoji).toBe(false)
          if (typeof node.text === 'string') expect(invisible(node.text)).toEqual([])
          if (node.url !== undefined) throw new Error('a block of ours has a url')
        }
      }
      const notice = card(request).text
      expect(notice).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
      expect(invisible(notice)).toEqual([])
      expect(notice).not.toContain('\n')
    }
  })

  it('writes nothing into mrkdwn, where formatting could not be escaped', () => {
    const marker = 'ZQX9'
    const marked = named(`${marker} ${text}`, pending(everywhere(`${marker} ${text}`)))
    const emergency = named('x', broken(`${marker} ${text} of some substance, more or less`))
    for (const request of [marked, emergency]) {
      for (const blocks of surfaces(request)) expect(mrkdwn(blocks).join('\n')).not.toContain(marker)
    }
    for (const blocks of orders(`${marker} ${text}`)) expect(mrkdwn(blocks).join('\n')).not.toContain(marker)
  })

  it('or orders something, makes nothing live with it either', () => {
    for (const blocks of orders(text)) {
      for (const entity of entities(mrkdwn(blocks))) expect(entity).toMatch(OURS)
      for (const node of nodes(blocks)) if (typeof node.text === 'string') expect(invisible(node.text)).toEqual([])
    }
  })
})

it('knows at least sixty ways', () => {
  expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60)
})
