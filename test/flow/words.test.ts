import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import type { Mode } from '../house.ts'
import { cardOf, cardSays, isLive } from '../people.ts'
import { type FlowScene, openFlow } from './scene.ts'

/** `/approvals`, the Home tab, and an ask that no card can hold. */

describe.each<Mode>(['socket', 'http'])('in %s mode', (mode) => {
  let scene: FlowScene
  beforeAll(async () => {
    scene = await openFlow(mode)
  })
  afterAll(() => scene.close())

  const say = async (userId: string, text: string): Promise<string> => {
    const { reply, ...result } = await scene.slack.as(userId).command('/approvals', text, { channel: 'C0APPROVALS' })
    expect(result).toMatchObject({ acked: true })
    return `${reply?.text ?? ''} ${JSON.stringify(reply?.blocks ?? [])}`
  }

  it('/approvals tells each person what concerns her, and nobody a wrong word without a hint', async () => {
    const { api } = scene
    const { body } = await api.ask({ action: 'terraform.apply', resource: 'workspace/eu', params: { plan: 1 } })
    for (const text of ['', 'pending']) expect(await say('U0CAROL', text)).toContain(body.id)
    expect(await say('U0ALICE', 'mine')).toContain(body.id)
    expect(await say('U0ERIN', 'mine')).not.toContain(body.id)
    expect(await say('U0CAROL', `show ${body.id}`)).toContain('workspace/eu')
    expect(await say('U0CAROL', 'help')).toContain('/approvals show')
    expect(await say('U0CAROL', 'pendign')).toMatch(/Did you mean/)
    expect(await say('U0CAROL', 'clients')).toMatch(/admins/)
    expect(await say('U0GUEST', 'pending')).not.toContain(body.id)
    expect((await api.get(body.id)).body.status).toBe('pending')
  })

  it('the Home tab shows what waits for her, and her yes there counts', async () => {
    const { slack, api } = scene
    const { body } = await api.ask({ action: 'terraform.apply', params: { plan: 'from-home' } })
    const dave = slack.as('U0DAVE')
    await dave.openHome()
    const home = await slack.until(() => {
      const view = dave.home()
      return view && JSON.stringify(view.blocks).includes(body.id) ? view : undefined
    }, 'the request in the Home tab')
    expect(JSON.stringify(home.blocks)).toContain('Waiting for you')
    await api.cancel(body.id)
    await slack.until(() => !isWaiting(dave.home()?.blocks, body.id), 'the Home tab without it', 10_000)
  })

  it('what no card can hold is approved at the end of its review alone', async () => {
    const { slack, api } = scene
    const lines = Array.from({ length: 400 }, (_, n) => `DELETE FROM customers WHERE id = ${n} -- line ${n}`)
    const { body } = await api.ask({
      action: 'terraform.apply',
      params: { script: lines.join('\n'), last: 'the-last-word' },
    })
    const card = await cardOf(slack, 'C0PROD', body.id)
    expect(JSON.stringify(card.blocks)).not.toContain(`"${ACTION.approve}"`)
    const carol = slack.as('U0CAROL')
    const value = JSON.stringify(card.blocks).match(/req_[0-9a-z]+:[0-9a-f]{16,}/)?.[0] ?? ''
    await carol.click('C0PROD', card.ts, ACTION.approve, { overrideValue: value })
    expect((await api.get(body.id)).body).toMatchObject({ status: 'pending', decisions: [] })
    for (const open of carol.modals().toReversed()) await carol.close(open.id)

    await carol.click('C0PROD', card.ts, ACTION.review)
    let text = ''
    for (let page = 0; page < 40; page++) {
      const view = await slack.until(() => carol.modals().at(-1), 'the review')
      text += JSON.stringify(view.blocks)
      if (text.includes(ACTION.approveReviewed)) break
      await carol.clickInView(view.id, ACTION.reviewNext)
      await slack.until(() => carol.modals().at(-1)?.hash !== view.hash, 'the next page')
    }
    expect(text).toContain('line 0')
    expect(text).toContain('line 399')
    expect(text).toContain('the-last-word')
    const last = carol.modals().at(-1)
    await carol.clickInView(last?.id ?? '', ACTION.approveReviewed)
    expect((await api.get(body.id, 10)).body).toMatchObject({ status: 'approved', decisions: [{ verdict: 'approve' }] })
    expect(isLive(await cardSays(slack, card, /approved/i))).toBe(false)
  })

  it('and afterwards every invariant holds', async () => {
    expect(await scene.place.problems([scene.key, scene.place.slack.botToken])).toEqual([])
    await scene.slack.catchUp()
    expect(scene.slack.protocolFaults).toEqual([])
  })
})

/** It stands among those with buttons. */
const isWaiting = (blocks: readonly object[] | undefined, id: string): boolean =>
  JSON.stringify(blocks ?? []).includes(`"${ACTION.approve}","value":"${id}`) ||
  (blocks ?? []).some((block) => JSON.stringify(block).includes(ACTION.deny) && JSON.stringify(block).includes(id))
