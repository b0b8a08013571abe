import type { RunView } from '../../src/demo/wire.ts'
import type { SandboxMessage } from '../../src/sandbox/index.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import * as people from '../people.ts'
import type { Spectator } from './spectator.ts'

/** What a person does on the card of a run. */
export async function cardOf(at: Spectator, run: RunView): Promise<SandboxMessage> {
  const { card } = await at.until(run, (view) => view.card, `the card of ${run.pipelineId}`)
  const message = card && at.demo.slack.message(card.channel, card.ts)
  if (!message) throw new Error(`the card of ${run.id} is not there`)
  return message
}

export const says = async (at: Spectator, run: RunView, userId: string): Promise<void> =>
  void (await people.approve(at.demo.slack, userId, await cardOf(at, run)))

export const refuses = async (at: Spectator, run: RunView, userId: string, reason: string): Promise<void> =>
  void (await people.deny(at.demo.slack, userId, await cardOf(at, run), reason))

/** Reads all of it, page by page, and says yes behind the last one. @returns what was on the pages. */
export async function reviews(at: Spectator, run: RunView, userId: string): Promise<string> {
  const { slack } = at.demo
  const person = slack.as(userId)
  const card = await cardOf(at, run)
  await person.click(card.channel, card.ts, ACTION.review)
  const open = () => person.modals().at(-1)
  let page = await slack.until(open, 'the review')
  let text = JSON.stringify(page.blocks)
  while (text.includes(ACTION.reviewNext) && !JSON.stringify(page.blocks).includes(ACTION.approveReviewed)) {
    const { hash, id } = page
    await person.clickInView(id, ACTION.reviewNext)
    page = await slack.until(() => {
      const now = open()
      return now && now.hash !== hash ? now : undefined
    }, 'the next page')
    text += JSON.stringify(page.blocks)
  }
  await person.clickInView(page.id, ACTION.approveReviewed)
  return text
}
