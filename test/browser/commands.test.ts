import { expect, it } from 'vitest'
import { APPLY } from './asks.ts'
import { inBrowser } from './browser.ts'
import { usePlace } from './place.ts'
import { says } from './visitor.ts'

/** Slash commands, as one types them. */

inBrowser('the composer', () => {
  const { scene, visit, ask } = usePlace()

  it('hints at the command, and its answers are only visible to her', async () => {
    const { id } = await ask(APPLY)
    const carol = await visit('U0CAROL', 'C0RANDOM')
    const composer = carol.here.getByRole('textbox', { name: /^Message to/ })
    await composer.pressSequentially('/app')
    await carol.page.getByRole('option', { name: /\/approvals/ }).waitFor()
    await composer.press('Enter')
    expect(await composer.inputValue()).toBe('/approvals ')
    await composer.pressSequentially('help')
    await composer.press('Enter')
    await says(carol.whisper, '/approvals show')
    await says(carol.whisper, 'Only visible to you')
    for (const [text, answer] of [
      ['pending', id],
      [`show ${id}`, 'workspace/eu'],
      ['pendign', 'Did you mean'],
      ['mine', /nothing|no requests|asked/i],
    ] as const) {
      await carol.say(`/approvals ${text}`)
      await says(carol.whisper, answer)
    }
    expect(scene().slack.messages('C0RANDOM')).toEqual([])
  })

  it('tells the owner of the pipeline what is hers, and nobody else', async () => {
    const { id } = await ask({ ...APPLY, params: { plan: 'of alice' } })
    const alice = await visit('U0ALICE', 'C0RANDOM')
    await alice.say('/approvals mine')
    await says(alice.whisper, id)
    const erin = await visit('U0ERIN', 'C0RANDOM')
    await erin.say('/approvals mine')
    await erin.whisper.waitFor()
    expect(await erin.whisper.innerText()).not.toContain(id)
  })

  it('says of an unknown command and of an app that is down what Slack says, and posts neither', async () => {
    const carol = await visit('U0CAROL', 'C0RANDOM')
    await carol.say('/nonsense now')
    await says(carol.here.getByRole('alert'), '/nonsense is not a valid command')
    await scene().restart(async () => {
      await carol.say('/approvals pending')
      await says(carol.here.getByRole('alert'), /\/approvals failed with the error "dispatch_failed"/)
    })
    expect(scene().slack.messages('C0RANDOM')).toEqual([])
  })
})
