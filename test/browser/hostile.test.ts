import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { ok } from '../sandbox/call.ts'
import { BREAK_OUTS, TEXT_ONLY } from '../sandbox/page/block-kit/hostile-strings.ts'
import { inBrowser, useBrowser } from './browser.ts'
import { Visitor } from './visitor.ts'

/** What people and apps write stays what they wrote, in a real browser with the real policy of the page. */

const HOSTILE = [...TEXT_ONLY, ...BREAK_OUTS.map(({ text }) => text)]
const CHANNEL = 'C0RANDOM'

/** Everything that a message is made of; whatever else there is came from the text. */
const KINDS = new Set(
  'a article b bdi blockquote br button code div em h3 h4 i li ol p path pre s small span strong svg time u ul'.split(
    ' ',
  ),
)

/** Kinds of elements, attributes that run something, and addresses, of all messages. */
const INSPECT = `(() => {
  const all = [...document.querySelectorAll('article, article *')]
  return {
    kinds: [...new Set(all.map((each) => each.localName))],
    handlers: all.flatMap((each) => each.getAttributeNames().filter((name) => /^on|^style$|^srcdoc$/.test(name))),
    addresses: all.map((each) => each.getAttribute('href') ?? each.getAttribute('src') ?? '#'),
    foreign: all.flatMap((each) => (each.localName === 'a' && !each.getAttribute('href').startsWith('#') &&
      !(each.target === '_blank' && each.rel === 'noopener noreferrer') ? [each.outerHTML] : [])),
  }
})()`

interface Inspected {
  readonly kinds: readonly string[]
  readonly handlers: readonly string[]
  readonly addresses: readonly string[]
  readonly foreign: readonly string[]
}

inBrowser('hostile text', () => {
  const desk = useBrowser()
  let sandbox: Sandbox
  beforeAll(async () => {
    const names = TEXT_ONLY.slice(0, 30)
    sandbox = await startSandbox({
      rateLimits: false,
      seed: {
        users: names.map((text, at) => {
          const profile = { real_name: text, display_name: text, title: text }
          return { id: `U0EVIL${at}`, name: `evil${at}`, real_name: text, profile }
        }),
        groups: names.slice(0, 5).map((text, at) => ({ id: `S0EVIL${at}`, handle: text, name: text })),
        channels: [
          { id: CHANNEL, name: 'random' },
          ...names.slice(0, 10).map((text, at) => ({ id: `C0EVIL${at}`, name: text })),
        ],
      },
    })
  })
  afterAll(() => sandbox?.stop())

  const visit = async () => new Visitor(await desk.open(`${sandbox.url}/#U0EVIL0/${CHANNEL}`))

  it('runs nothing, loads nothing and leads nowhere but to http, https and mailto, wherever it stands', {
    timeout: 40_000,
  }, async () => {
    for (const text of HOSTILE) {
      const short = text.slice(0, 2_900)
      const words = short.trim() === '' ? 'nothing' : short
      const rich = {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: words }] }],
      }
      const blocks = [
        { type: 'section', text: { type: 'mrkdwn', text: words } },
        { type: 'section', text: { type: 'plain_text', text: words } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: words }] },
        rich,
      ]
      await ok(sandbox, 'chat.postMessage', { channel: CHANNEL, text })
      await ok(sandbox, 'chat.postMessage', { channel: CHANNEL, text: 'blocks', blocks })
    }
    const mentions = '<@U0EVIL1> <#C0EVIL1> <!subteam^S0EVIL1>'
    await ok(sandbox, 'chat.postMessage', { channel: CHANNEL, text: `the end ${mentions}` })
    const visitor = await visit()
    const { page } = visitor
    await visitor.message('the end').waitFor()
    await page.getByTitle(/^You are /).click()
    await page.getByRole('option').nth(29).waitFor()

    const seen = (await page.evaluate(INSPECT)) as Inspected
    expect(seen.kinds.filter((kind) => !KINDS.has(kind))).toEqual([])
    expect(seen.handlers).toEqual([])
    expect(seen.addresses.filter((address) => !/^(#|https?:|mailto:)/.test(address))).toEqual([])
    expect(seen.foreign).toEqual([])
    const shown = await visitor.here.textContent()
    for (const text of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>']) expect(shown).toContain(text)
  })

  it('would not run even if it became markup: the page runs its own files alone', async () => {
    const refused = /Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/i
    const visitor = await visit()
    const answer = await fetch(sandbox.url)
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    )
    expect(await answer.text()).not.toMatch(/<script>|<style| on[a-z]+=| style=/i)
    const page = await desk.open(`${sandbox.url}/`, { expected: [refused] })
    expect(await page.evaluate(INJECT)).toEqual(['TypeError', 'TypeError', undefined])
    expect(await page.evaluate(INLINE)).toBe('undefined')
    expect(desk.problems(page)).toContainEqual(expect.stringMatching(refused))
    expect(desk.problems(visitor.page)).toEqual([])
  })
})

/** Markup and code made from text, as a mistake of ours would: refused by the trusted types. */
const INJECT = `[
  () => { document.body.innerHTML = '<img src=x>' },
  () => { document.createElement('script').text = 'window.hacked = true' },
  () => undefined,
].map((make) => { try { return make() } catch (error) { return error.name } })`

/** A script in the page: refused by the policy. */
const INLINE = `(() => {
  const script = document.createElement('script')
  script.append(new Text('window.hacked = true'))
  try { document.head.append(script) } catch {}
  return typeof window.hacked
})()`
