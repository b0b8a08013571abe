import { expect, it } from 'vitest'
import { stage } from '../sandbox/bolt.ts'
import { ok } from '../sandbox/call.ts'
import { axe } from './axe.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { says, Visitor } from './visitor.ts'

/** Selects of which only the app knows what they offer, as one types into them. */

const option = (value: string, text: string) => ({ text: { type: 'plain_text' as const, text }, value })

inBrowser('an external select', () => {
  const desk = useBrowser()

  it('asks the app once one has typed enough, lists its answer, and sends what was chosen', async () => {
    const { sandbox, app, stop } = await stage('socket')
    const asked: string[] = []
    const chosen: unknown[] = []
    app.options(/cit/, async ({ ack, options }) => {
      asked.push(options.value)
      await ack(
        options.value === 'Nowhere'
          ? { options: [] }
          : { options: [option('7,1', `${options.value}lin`), option('8', `${options.value}gen`)] },
      )
    })
    app.action(/cit/, async ({ ack, action }) => {
      chosen.push(action)
      await ack()
    })
    const select = (type: string, action_id: string) => ({
      type: 'actions',
      block_id: action_id,
      elements: [{ type, action_id, placeholder: { type: 'plain_text', text: `Which ${action_id}?` } }],
    })
    const blocks = [select('external_select', 'city'), select('multi_external_select', 'cities')]
    await ok(sandbox, 'chat.postMessage', { channel: 'C0RANDOM', text: 'Where?', blocks })

    const { page, here } = new Visitor(await desk.open(`${sandbox.url}/#U0BOB/C0RANDOM`))
    const one = here.getByRole('combobox', { name: 'Which city?' })
    await one.click()
    await says(here.getByRole('status'), 'Type 3 or more characters')
    await one.pressSequentially('Be')
    await one.pressSequentially('r')
    await here.getByRole('option', { name: 'Berlin' }).waitFor()
    expect(asked).toEqual(['Ber'])
    expect(await axe(page)).toEqual([])
    await one.press('ArrowDown')
    await one.press('ArrowUp')
    await one.press('Enter')
    await expect.poll(() => one.inputValue()).toBe('Berlin')
    await expect.poll(() => chosen).toMatchObject([{ type: 'external_select', selected_option: { value: '7,1' } }])

    const many = here.getByRole('combobox', { name: 'Which cities?' })
    await many.pressSequentially('Nowhere')
    await says(here.getByRole('status'), 'No results')
    await many.fill('Bin')
    await here.getByRole('option', { name: 'Binlin' }).click()
    await many.fill('Bin')
    await here.getByRole('option', { name: 'Bingen' }).click()
    await many.press('Tab')
    const several = (...values: string[]) => ({ selected_options: values.map((value) => ({ value })) })
    await expect.poll(() => chosen.slice(1)).toMatchObject([several('7,1', '8')])
    await here.getByRole('button', { name: 'Remove Binlin' }).click()
    await expect.poll(() => chosen.slice(2)).toMatchObject([several('8')])
    expect(asked).toEqual(['Ber', 'Nowhere', 'Bin', 'Bin'])
    await page.close()
    await stop()
  })
})
