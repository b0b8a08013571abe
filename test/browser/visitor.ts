import type { Locator, Page } from 'playwright-core'

/** Somebody at the page with a mouse or a finger: what she sees, by its role and name, and what she does. */
export class Visitor {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** The conversation, or the Home tab. */
  get here(): Locator {
    return this.page.getByRole('main')
  }

  /** The window on top: a modal, or a question whether something was meant. */
  get dialog(): Locator {
    return this.page.getByRole('dialog').or(this.page.getByRole('alertdialog')).last()
  }

  async become(name: string): Promise<void> {
    await this.page.getByTitle(/^You are /).click()
    await this.page.getByRole('option', { name: new RegExp(`^${name}`) }).click()
    await this.page.getByTitle(new RegExp(`^You are ${name}`)).waitFor()
  }

  /** @param name of a channel, or of the app. */
  async goTo(name: string): Promise<void> {
    const drawer = this.page.getByRole('button', { name: 'Channels', exact: true })
    const places = this.page.getByRole('navigation', { name: 'Channels and apps' })
    const link = places.getByRole('link', { name: new RegExp(`^(private )?${name}`) })
    // On a phone the list stands behind a button; whichever of the two comes first tells which page it is.
    await drawer.or(link).first().waitFor()
    if (!(await link.isVisible())) await drawer.click()
    await link.click()
    await this.here.getByRole('heading', { name, level: 2 }).waitFor()
  }

  /** @returns the panel. */
  async openPanel(title: string): Promise<Locator> {
    const panel = this.page.getByRole('complementary', { name: title })
    if (!(await panel.isVisible())) await this.panelButton(title).click()
    await panel.waitFor()
    return panel
  }

  panelButton(title: string): Locator {
    const rail = this.page.getByRole('navigation', { name: 'Panels' })
    return rail.getByRole('button', { name: new RegExp(`^${title}`) })
  }

  /** @returns the ask in the panel "Agents and pipelines", with its runs. */
  async run(title: string): Promise<Locator> {
    const panel = await this.openPanel('Agents and pipelines')
    await panel.getByRole('button', { name: `Run: ${title}` }).click()
    return panel.getByRole('listitem').filter({ has: this.page.getByRole('heading', { name: title }) })
  }

  /** The message that says so. */
  message(text: string | RegExp): Locator {
    return this.here.getByRole('article').filter({ hasText: text })
  }

  /** The last thing that only she sees. */
  get whisper(): Locator {
    return this.here.getByRole('article', { name: /only visible to you/ }).last()
  }

  /** Clicks Approve and says in the dialog that it was meant. */
  async approve(on: Locator): Promise<void> {
    await on.getByRole('button', { name: 'Approve', exact: true }).click()
    await this.dialog.getByRole('button', { name: 'Approve', exact: true }).click()
  }

  async deny(on: Locator, reason: string): Promise<void> {
    await on.getByRole('button', { name: 'Deny', exact: true }).click()
    await this.dialog.getByRole('textbox').fill(reason)
    await this.dialog.getByRole('button', { name: 'Deny', exact: true }).click()
    await this.dialog.waitFor({ state: 'detached' })
  }

  /** Waits until the focus is there. */
  focused(on: Locator): Promise<void> {
    return on.and(this.page.locator(':focus')).waitFor()
  }

  /** Writes into the conversation and sends it. */
  async say(text: string): Promise<void> {
    const composer = this.here.getByRole('textbox', { name: /^Message to/ })
    await composer.fill(text)
    await composer.press('Enter')
  }
}

/** Waits until it says so. */
export const says = (what: Locator, text: string | RegExp): Promise<void> => what.filter({ hasText: text }).waitFor()
