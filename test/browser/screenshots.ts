import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import { call } from '../sandbox/call.ts'
import { contextOf, type Frame, launchBrowser } from './launch.ts'
import { says, Visitor } from './visitor.ts'

/**
 * `npm run screenshots`: the main states of the demo's page as pictures for the README, taken from the real demo. Needs
 * the system's Chromium, and a font with emoji such as Debian's fonts-noto-color-emoji.
 */

const FOLDER = join(import.meta.dirname, '../../docs/screenshots')
const MOST_BYTES = 300_000
const AGENT = 'An AI agent exports customer data'

interface Shot {
  readonly name: string
  /** `U0BOB/C0APPROVALS`; the tour is on only where this is absent. */
  readonly at?: string
  readonly frame?: Frame
  stage(visitor: Visitor, demo: Demo): Promise<unknown>
}

/** In this order, each on what the ones before have left behind. */
const SHOTS: readonly Shot[] = [
  { name: 'tour', stage: ({ page }) => says(page.getByRole('region', { name: 'Guided tour' }), 'An agent asks') },
  {
    name: 'card-pending',
    at: 'U0CAROL/C0APPROVALS',
    frame: { height: 1_230 },
    stage: async (visitor) => {
      await visitor.run(AGENT)
      await visitor.message('Approval needed: data.export').waitFor()
    },
  },
  {
    name: 'self-approval-refused',
    at: 'U0BOB/C0APPROVALS',
    stage: async (visitor) => {
      await visitor.approve(visitor.message('Approval needed: data.export'))
      await says(visitor.whisper, 'behind this ask')
    },
  },
  {
    name: 'phone',
    at: 'U0CAROL/C0APPROVALS',
    frame: { width: 375, height: 720 },
    stage: (visitor) => visitor.message('Approval needed: data.export').waitFor(),
  },
  {
    name: 'approved',
    at: 'U0CAROL/C0APPROVALS',
    stage: async (visitor) => {
      const panel = await visitor.openPanel('Agents and pipelines')
      await visitor.approve(visitor.message('Approval needed: data.export'))
      await says(visitor.message('Approved: data.export'), 'It succeeded')
      await says(panel, '48211 rows written')
      await panel.getByText('What the pipeline sees').first().click()
      await visitor.message('Approved: data.export').getByRole('heading').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'deny-modal',
    at: 'U0ERIN/C0APPROVALS',
    stage: async (visitor) => {
      await visitor.run('A job rotates a payment key')
      const card = visitor.message('Approval needed: secret.rotate')
      await card.getByRole('button', { name: 'Deny', exact: true }).click()
      await visitor.dialog.getByRole('textbox').fill('Not during the sale. Ask again on Monday.')
    },
  },
  {
    name: 'dark',
    at: 'U0DAVE/C0PROD',
    frame: { dark: true },
    stage: async (visitor) => {
      await visitor.run('CI applies a Terraform plan')
      await visitor.message('Approval needed: terraform.apply').waitFor()
    },
  },
  {
    name: 'review-modal',
    at: 'U0CAROL/C0PROD',
    stage: async (visitor) => {
      await visitor.run('A 40 kB script that must be reviewed')
      const card = visitor.message('Approval needed: script.run')
      await card.getByRole('button', { name: 'Review' }).click()
      await visitor.dialog.getByRole('button', { name: 'Next page' }).waitFor()
    },
  },
  {
    name: 'hostile-text',
    at: 'U0BOB/C0APPROVALS',
    frame: { height: 1_360 },
    stage: async (visitor) => {
      await visitor.run('A request with hostile text in it')
      await visitor.panelButton('Agents and pipelines').click()
      await visitor.message('Approval needed: crm.bulk_update').waitFor()
    },
  },
  {
    name: 'app-home',
    at: 'U0CAROL/home',
    stage: (visitor) => says(visitor.here, 'Waiting for you'),
  },
  {
    name: 'audit-tampered',
    at: 'U0ADMIN/C0APPROVALS',
    stage: async (visitor) => {
      const log = await visitor.openPanel('Audit log')
      await log.getByRole('button', { name: 'Tamper', exact: true }).click()
      await says(log, 'Tampered: entry')
      await log.getByText('Tampered: entry').first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'developer-panel',
    at: 'U0ADMIN/C0RANDOM',
    stage: async (visitor, { slack }) => {
      const text = { type: 'plain_text', text: 'x'.repeat(3_001) }
      await call(slack, 'chat.postMessage', { channel: 'C0RANDOM', text: 'x', blocks: [{ type: 'section', text }] })
      const panel = await visitor.openPanel('Developer')
      const refused = panel.getByRole('listitem').filter({ hasText: 'invalid_blocks' }).first()
      await refused.locator('summary').first().click()
      await says(refused, '3001')
      await refused.scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'faults-panel',
    at: 'U0ADMIN/C0PROD',
    stage: async (visitor) => {
      const faults = await visitor.openPanel('Faults')
      await faults.getByRole('button', { name: 'Slack down' }).click()
      await faults.getByRole('button', { name: 'Mend all' }).waitFor()
    },
  },
]

async function take(browser: Browser, demo: Demo, { name, at, frame = {}, stage }: Shot): Promise<void> {
  const context = await browser.newContext(contextOf(frame))
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(at === undefined ? demo.page : `${demo.page}#${at}`)
  if (at !== undefined) await page.getByRole('button', { name: 'Close the tour' }).click()
  await stage(new Visitor(page), demo)
  // Fonts and the last frame.
  await page.evaluate('document.fonts.ready')
  await page.mouse.move(0, 0)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
  await context.close()
  if (at !== undefined) await closeWindows(demo, at.split('/')[0] ?? '')
  const { size } = statSync(path)
  console.log(`${path} ${Math.round(size / 1000)} kB`)
  if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`)
}

/** Slack keeps a modal open for its person, whatever browser she comes with next. */
async function closeWindows({ slack }: Demo, userId: string): Promise<void> {
  const person = slack.as(userId)
  for (const { id } of person.modals().toReversed()) await person.close(id)
}

mkdirSync(FOLDER, { recursive: true })
const demo = await startDemo({ pace: { deedMs: 50 } })
const browser = await launchBrowser()
try {
  for (const shot of SHOTS) await take(browser, demo, shot)
} finally {
  await browser.close()
  await demo.stop()
}
