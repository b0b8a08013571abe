import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/demo/catalogue.ts'
import { broken } from '../invariants.ts'
import { entities, mrkdwn, nodes } from '../slack/cards-given.ts'
import { invisible } from '../slack/hostile.ts'
import { cardOf, reviews, says } from './acting.ts'
import { openDemo, type Spectator } from './spectator.ts'

let at: Spectator
beforeAll(async () => {
  at = await openDemo()
})
afterAll(() => at.close())

const SECRET = 'not-a-real-key-4f9d1c77'

it('neither a key nor the new secret is ever sent to the page, shown on a card or written to disk', async () => {
  const run = await at.start('secret-rotation')
  await says(at, run, 'U0ERIN')
  await at.reaches(run, 'done')
  await at.log(({ check }) => check.whole, 'the log')
  expect(JSON.stringify(CATALOGUE)).toContain(SECRET)
  const shown = { 'the page': at.heard(), 'calls to Slack': JSON.stringify(at.demo.slack.calls) }
  expect(shown['the page']).toContain('[masked]')
  for (const text of Object.values(shown)) expect(text).not.toMatch(/cs_[a-z0-9]{4,40}_[\w-]{20}|eyJ[\w-]{20}/)
  const file = join(at.demo.directory, 'countersign.db')
  expect(await broken(file, { canaries: [SECRET, at.demo.key], texts: shown })).toEqual([])
})

/** What we ourselves make live: dates, the group that is asked, and who decided. */
const OURS = /^<(!date\^\d+\^[^<>]*|!subteam\^S0DATA|@U0(BOB|CAROL))>$/

it('hostile text: nothing of it is live on the card, open or closed, and nobody is notified by it', async () => {
  const run = await at.start('hostile-text')
  const open = await cardOf(at, run)
  await says(at, run, 'U0BOB')
  await at.reaches(run, 'done')
  const closed = await at.demo.slack.until(() => {
    const message = at.demo.slack.message(open.channel, open.ts)
    return message && !JSON.stringify(message.blocks).includes('"actions"') ? message : undefined
  }, 'the closed card')
  for (const { blocks, text } of [open, closed]) {
    expect(JSON.stringify(blocks)).toContain('pre-approved by the CISO')
    for (const entity of entities(mrkdwn(blocks))) expect(entity).toMatch(OURS)
    for (const found of text.match(/<[^>]*>/g) ?? []) expect(found).toMatch(OURS)
    expect(mrkdwn(blocks).join('')).not.toContain('evil.example')
    const types = nodes(blocks).map(({ type }) => type)
    for (const live of ['user', 'broadcast', 'channel', 'link', 'emoji', 'image']) expect(types).not.toContain(live)
    for (const node of nodes(blocks)) if (typeof node.text === 'string') expect(invisible(node.text)).toEqual([])
  }
})

it('a script too long for a card is shown whole before it can be approved', async () => {
  const run = await at.start('long-script')
  const card = await cardOf(at, run)
  expect(JSON.stringify(card.blocks)).toContain('countersign:review')
  expect(JSON.stringify(card.blocks)).not.toContain('countersign:approve')
  const read = await reviews(at, run, 'U0DAVE')
  for (const text of ['shard-0000', 'rm -rf', 'orders-0700', 'shard-0719']) expect(read).toContain(text)
  expect((await at.reaches(run, 'done')).ended).toBe(true)
  const script = CATALOGUE.find(({ id }) => id === 'long-script')?.ask.params?.script
  expect(String(script).length).toBeGreaterThan(38_000)
  expect(String(script).length).toBeLessThan(46_000)
})
